// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Endpoint } from '@givc/model';
import type { Rpc } from '../rpc.js';
import type { CallSettings } from './call-settings.js';
import type { ChannelSettings } from './channel-settings.js';
import type { ChannelState } from './channel-state.js';
import type { ConnectError } from './connect-error.js';
import type { Dialer } from './dialer.js';
import { DuplexCall, type OutgoingBidiCall } from './duplex-call.js';
import { ReconnectingConnection } from './reconnecting-connection.js';
import { sendMessages } from './send-messages.js';
import { callServerStream } from './server-stream.js';
import { callUnary } from './unary-call.js';

/**
 * A connection to one server. It connects at the first call, or permanently after `keepConnected()`. The certificate of
 * the server must have the name of the endpoint, whatever its address is. A failed call rejects with a `GivcError`
 * whose reason is the status of the server; without a connection that is UNAVAILABLE.
 */
export class RpcChannel {
  readonly #connection: ReconnectingConnection;
  readonly #stopListening: () => void;

  constructor(
    readonly endpoint: Endpoint,
    dialer: Dialer,
    { windowBytes, messageBytes, connectLimits }: ChannelSettings = {},
  ) {
    this.#connection = new ReconnectingConnection(dialer.dial(endpoint, { windowBytes, messageBytes }), connectLimits);
    this.#stopListening = dialer.onNewCertificate(() => this.#connection.replace());
  }

  /** Calls a unary rpc; resolves with its response. */
  unary<Request, Response>(
    method: Rpc<Request, Response>,
    request: Request,
    settings: CallSettings = {},
  ): Promise<Response> {
    return callUnary(this.#connection, method, request, settings);
  }

  /** Yields the messages in the order of the server. Leaving the iteration, or aborting the signal, ends the call. */
  serverStream<Request, Response>(
    method: Rpc<Request, Response>,
    request: Request,
    settings: CallSettings = {},
  ): AsyncGenerator<Response, void, undefined> {
    return callServerStream(this.#connection, method, request, settings);
  }

  /**
   * Sends the messages as fast as the server reads them. Resolves with its response, which may arrive before the last
   * message is sent. Rejects with the error that the iteration of the messages throws.
   */
  clientStream<Request, Response>(
    method: Rpc<Request, Response>,
    messages: AsyncIterable<Request> | Iterable<Request>,
    settings: CallSettings = {},
  ): Promise<Response> {
    return sendMessages(this.#connection, method, messages, settings);
  }

  /**
   * Both sides send as long as the call is open; it ends with an event `error` or `end`. Aborting the signal ends it.
   */
  duplex<Request, Response>(
    method: Rpc<Request, Response>,
    settings: CallSettings = {},
  ): OutgoingBidiCall<Request, Response> {
    return new DuplexCall(method, settings, this.#connection);
  }

  /**
   * Connects without waiting for a call, and again whenever the connection is lost, with a backoff of 0.1 to 1 s. An
   * attempt that is not accepted within 2 s is abandoned, so that a restored network is noticed soon.
   */
  keepConnected(): void {
    this.#connection.keep();
  }

  /**
   * Closes the connection, because its peer may have vanished without closing it, and connects again. Open calls fail
   * with UNAVAILABLE or CANCELLED.
   */
  redial(): void {
    this.#connection.redial();
  }

  /** The state of the connection. With `keepConnected`, TRANSIENT_FAILURE lasts until an attempt succeeds. */
  get state(): ChannelState {
    return this.#connection.state;
  }

  /** Calls `listener` with each new state until the channel is closed; a state that was left meanwhile is skipped. */
  onState(listener: (state: ChannelState) => void): void {
    this.#connection.states.add(listener);
  }

  /**
   * Calls `listener` with the reason when attempts to connect begin to fail, or begin to fail for another reason, after
   * the listeners of `onState`.
   */
  onFailure(listener: (failure: Pick<ConnectError, 'problem' | 'detail'>) => void): void {
    this.#connection.failures.add(listener);
  }

  /**
   * Calls `listener` when a connection with new certificates has replaced the previous one. Open calls stay on the
   * previous connection, which closes after the last of them, or when its certificates expire.
   */
  onReplaced(listener: () => void): void {
    this.#connection.replacements.add(listener);
  }

  /** Closes the connection. Calls that wait for it fail with UNAVAILABLE, open calls with CANCELLED. */
  close(): void {
    this.#stopListening();
    this.#connection.close();
  }
}
