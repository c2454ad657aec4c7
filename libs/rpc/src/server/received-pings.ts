// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ServerHttp2Session } from 'node:http2';
import { Listeners } from '@givc/events';

/**
 * The PING frames of a connection (RFC 9113, 6.7), which nghttp2 acknowledges by itself. In each iteration of the event
 * loop only the first one is an event, so that a flood of them costs no more than without a listener.
 */
export class ReceivedPings {
  readonly #listeners = new Listeners();
  #isListening = false;

  constructor(private readonly session: ServerHttp2Session) {}

  /** Calls the listener for each event; returns a function that ends this. */
  add(listener: () => void): () => void {
    const remove = this.#listeners.add(listener);
    this.#listen();
    return () => void remove();
  }

  /** Node passes no PING to JavaScript while it has no listener. */
  #listen(): void {
    if (this.#isListening || this.#listeners.size === 0) return;
    this.#isListening = true;
    this.session.once('ping', () => {
      setImmediate(() => {
        this.#isListening = false;
        this.#listen();
      });
      this.#listeners.notify();
    });
  }
}
