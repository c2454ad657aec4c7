// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Channel, credentials, type ChannelCredentials, type ChannelInterface } from '@grpc/grpc-js';
import type { Endpoint } from '@givc/model';
import { KernelVsock, type Vsock } from '@givc/vsock';
import { LiveCredentials, takenOption } from '../grpc-js/live-credentials.js';
import { vsockOption } from '../grpc-js/vsock-address.js';
import type { TlsIdentity } from '../tls/tls-identity.js';
import { maxBackoffMs } from './connect-watchdog.js';
import { targetOf } from './target.js';

/**
 * How long a connection may be idle: as long as a timer can be. The default of grpc-js is half an hour, which has
 * passed at once after a computer has slept.
 */
const longestTimerMs = 2 ** 31 - 1;

/** The settings of one channel. */
export interface DialOptions {
  /** The flow control window of a call, in bytes (RFC 9113, 5.2); 64 KiB by default. */
  readonly windowBytes?: number | undefined;
  /** The maximum size of an incoming message in bytes, 4 MiB by default. */
  readonly messageBytes?: number | undefined;
  /** Called when a connection was accepted and TLS begins; returns a function that is called when TLS fails. */
  readonly onAccepted: () => () => void;
}

/** Makes the channels by which this program reaches servers. */
export abstract class Dialer {
  /**
   * Returns a new channel to one server, not connected yet. After a failed attempt it pauses for 0.1 s before the next,
   * then longer, up to 1 s.
   */
  abstract dial(endpoint: Endpoint, options: DialOptions): ChannelInterface;

  /** Calls `listener` when the certificates of new connections have changed. Returns how to stop. */
  onRenewed(_listener: () => void): () => void {
    return () => undefined;
  }
}

/**
 * Dials over sockets. With an identity every new connection is mutual TLS with the present certificate of the identity,
 * and the server's certificate must have the endpoint's name; without one the calls are plain text.
 */
export class GrpcDialer extends Dialer {
  readonly #credentials: ChannelCredentials;

  constructor(
    private readonly identity: TlsIdentity | undefined,
    private readonly vsock: Vsock = new KernelVsock(),
  ) {
    super();
    this.#credentials = identity ? new LiveCredentials(identity) : credentials.createInsecure();
  }

  override onRenewed(listener: () => void): () => void {
    return this.identity?.onReplaced(listener) ?? super.onRenewed(listener);
  }

  dial({ address, name }: Endpoint, { windowBytes, messageBytes, onAccepted }: DialOptions): ChannelInterface {
    return new Channel(targetOf(address), this.#credentials, {
      'grpc.ssl_target_name_override': name,
      'grpc.default_authority': name,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': maxBackoffMs,
      'grpc.client_idle_timeout_ms': longestTimerMs,
      'grpc.use_local_subchannel_pool': 1,
      'grpc.enable_channelz': 0,
      'grpc.service_config_disable_resolution': 1,
      'grpc.enable_retries': 0,
      ...(windowBytes && { 'grpc-node.flow_control_window': windowBytes }),
      ...(messageBytes && { 'grpc.max_receive_message_length': messageBytes }),
      [takenOption]: onAccepted,
      ...(address.protocol === 'vsock' && { [vsockOption]: this.vsock }),
    });
  }
}
