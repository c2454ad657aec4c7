// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Endpoint } from '@givc/model';
import type { Rpc } from '../rpc.js';
import type { CallSettings } from './call-settings.js';
import type { ChannelSettings } from './channel-settings.js';
import type { ChannelState } from './channel-state.js';
import type { Dialer } from './dialer.js';
import { DuplexCall, type OutgoingBidiCall } from './duplex-call.js';
import { LastingConnection } from './lasting-connection.js';
import { sendMessages } from './send-messages.js';
import { callServerStream } from './server-stream.js';
import { callUnary } from './unary-call.js';

/**
 * A connection to one server. It connects at the first call, or for good after `keepConnected()`.
 * The server's certificate must carry the endpoint's name, whatever its address is.
 * A failed call rejects with a `GivcError` whose reason is the server's status; without a connection that is UNAVAILABLE.
 */
export class RpcChannel {
  readonly #connection: LastingConnection;
  readonly #stopRenewing: () => void;

  constructor(
    readonly endpoint: Endpoint,
    dialer: Dialer,
    { windowBytes, messageBytes, attemptMs }: ChannelSettings = {},
  ) {
    this.#connection = new LastingConnection(dialer.dial(endpoint, { windowBytes, messageBytes }), attemptMs);
    this.#stopRenewing = dialer.onRenewed(() => this.#connection.renew());
  }

  /** Calls a unary rpc; resolves with its answer. */
  unary<Request, Response>(
    method: Rpc<Request, Response>,
    request: Request,
    settings: CallSettings = {},
  ): Promise<Response> {
    return callUnary(this.#connection, method, request, settings);
  }

  /** The messages in the server's order. Leaving the iteration, or aborting the signal, ends the call. */
  serverStream<Request, Response>(
    method: Rpc<Request, Response>,
    request: Request,
    settings: CallSettings = {},
  ): AsyncGenerator<Response, void, undefined> {
    return callServerStream(this.#connection, method, request, settings);
  }

  /**
   * Sends the messages as fast as the server takes them, and resolves with its answer, also with one that comes before
   * the last of them. Rejects with what the messages throw.
   */
  clientStream<Request, Response>(
    method: Rpc<Request, Response>,
    messages: AsyncIterable<Request> | Iterable<Request>,
    settings: CallSettings = {},
  ): Promise<Response> {
    return sendMessages(this.#connection, method, messages, settings);
  }

  /** Both sides send for as long as the call is open; it ends with an event `error` or `end`. Aborting the signal ends it. */
  duplex<Request, Response>(
    method: Rpc<Request, Response>,
    settings: CallSettings = {},
  ): OutgoingBidiCall<Request, Response> {
    return new DuplexCall(method, settings, this.#connection);
  }

  /**
   * Connects without waiting for a call, and again whenever the connection is lost, with a backoff of 0.1 to 1 s. An
   * attempt that is not accepted is given up after 2 s, so that a network which is back is noticed within a second or so.
   */
  keepConnected(): void {
    this.#connection.keep();
  }

  /**
   * Gives up the connection, whose other end may be gone without a word, and dials again. Open calls fail with UNAVAILABLE
   * or CANCELLED.
   */
  redial(): void {
    this.#connection.redial();
  }

  /** While a kept connection cannot be made, that is TRANSIENT_FAILURE, also during the next attempt. */
  get state(): ChannelState {
    return this.#connection.state;
  }

  /** Calls `listener` with every change of the state that is still true when it is called, until the channel is closed. */
  onState(listener: (state: ChannelState) => void): void {
    this.#connection.states.add(listener);
  }

  /**
   * Calls `listener` when the channel has gone over to a new connection by new certificates. The calls that were open go on
   * over the old one, which is closed after the last of them, and may be cut once its certificates count no more.
   */
  onRenewed(listener: () => void): void {
    this.#connection.renewals.add(listener);
  }

  /** Ends the connection; calls that wait for it fail with UNAVAILABLE, those that have it with CANCELLED. */
  close(): void {
    this.#stopRenewing();
    this.#connection.close();
  }
}
