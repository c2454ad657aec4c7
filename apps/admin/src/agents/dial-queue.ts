// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AgentConnection } from './agent-connection.js';

/** The number of connections that are established at the same time. */
const places = 4;
/** A machine that does not answer at all keeps its place no longer than this. */
const placeMs = 500;

/**
 * Connects a few connections at a time, in their order. After a restart of the admin hundreds of agents open their
 * report streams at once, which should not wait for as many handshakes in the other direction. A call does not wait for
 * its turn: it connects at once.
 */
export class DialQueue {
  readonly #waiting = new Set<AgentConnection>();
  readonly #dialled = new Map<AgentConnection, NodeJS.Timeout>();

  add(connection: AgentConnection): void {
    this.#waiting.add(connection);
    this.#next();
  }

  isWaiting(connection: AgentConnection): boolean {
    return this.#waiting.has(connection);
  }

  /** The connection is established or has failed; this may be called for any connection. */
  settled(connection: AgentConnection): void {
    clearTimeout(this.#dialled.get(connection));
    if (this.#dialled.delete(connection)) this.#next();
  }

  /** The connection is closed. */
  remove(connection: AgentConnection): void {
    this.#waiting.delete(connection);
    this.settled(connection);
  }

  /** Connects nothing more. */
  close(): void {
    this.#waiting.clear();
    for (const timer of this.#dialled.values()) clearTimeout(timer);
    this.#dialled.clear();
  }

  #next(): void {
    for (const connection of this.#waiting) {
      if (this.#dialled.size === places) return;
      this.#waiting.delete(connection);
      this.#dialled.set(
        connection,
        setTimeout(() => this.settled(connection), placeMs),
      );
      connection.connect();
      // A call has connected it.
      if (connection.isReachable) this.settled(connection);
    }
  }
}
