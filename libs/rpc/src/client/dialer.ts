// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Endpoint } from '@givc/model';
import { KernelVsock, type Vsock } from '@givc/vsock';
import type { TlsIdentity } from '../tls/tls-identity.js';
import type { Connector } from './connection.js';
import { SocketConnector } from './socket-connector.js';

/** The settings of the connections to one server. */
export interface DialOptions {
  /** The flow control window of a call, in bytes (RFC 9113, 5.2); 64 KiB by default. */
  readonly windowBytes?: number | undefined;
  /** The maximum size of an incoming message in bytes, 4 MiB by default. */
  readonly messageBytes?: number | undefined;
}

/** Makes the connections by which this program reaches servers. */
export abstract class Dialer {
  /** Returns how to connect to the endpoint. It does not connect by itself. */
  abstract dial(endpoint: Endpoint, options: DialOptions): Connector;

  /** Calls `listener` when new connections have another certificate. Returns a function that ends this. */
  onNewCertificate(_listener: () => void): () => void {
    return () => undefined;
  }
}

/**
 * Dials over sockets. With an identity every new connection is mutual TLS with the current certificate of the identity,
 * and the certificate of the server must have the name of the endpoint; without one the calls are plain text.
 */
export class GrpcDialer extends Dialer {
  constructor(
    private readonly identity: TlsIdentity | undefined,
    private readonly vsock: Vsock = new KernelVsock(),
  ) {
    super();
  }

  override onNewCertificate(listener: () => void): () => void {
    return this.identity?.onNewCertificate(listener) ?? super.onNewCertificate(listener);
  }

  /** As `Dialer.dial`. */
  dial(endpoint: Endpoint, { windowBytes, messageBytes }: DialOptions): Connector {
    return new SocketConnector(endpoint, this.identity, this.vsock, { windowBytes, messageBytes });
  }
}
