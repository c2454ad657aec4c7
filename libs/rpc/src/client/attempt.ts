// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Timeout } from '@givc/time';
import type { Connection, Connector } from './connection.js';
import type { ConnectError } from './connect-error.js';

/**
 * The time limits of an attempt to connect: until the connection is accepted, and from then until it is established.
 */
export interface ConnectLimits {
  readonly acceptMs: number;
  readonly handshakeMs: number;
}

export interface AttemptEvents {
  ready(connection: Connection): void;
  failed(error: ConnectError): void;
  /** See `ConnectEvents.lost`. */
  lost(): void;
}

/** One attempt to connect, which fails when it exceeds its limits. */
export class Attempt {
  readonly startedAt = performance.now();
  readonly #giveUp: () => void;
  #timeout: Timeout;
  #isOver = false;
  #hasThawed = false;

  constructor(
    connector: Connector,
    limits: ConnectLimits,
    private readonly events: AttemptEvents,
  ) {
    this.#timeout = this.#limit(limits.acceptMs, 'the connection is not accepted');
    this.#giveUp = connector.connect({
      accepted: () => {
        if (this.#isOver) return;
        this.#timeout.cancel();
        this.#timeout = this.#limit(limits.handshakeMs, 'the handshake does not end');
      },
      ready: (connection) => {
        if (!this.#end()) return connection.abandon();
        events.ready(connection);
      },
      failed: (error) => {
        if (this.#end()) events.failed(error);
      },
      lost: () => events.lost(),
    });
  }

  /** Whether this process was frozen during the attempt, so that its failure says nothing about the server. */
  get hasThawed(): boolean {
    return this.#hasThawed || this.#timeout.hasThawed;
  }

  /** No event follows. */
  cancel(): void {
    if (this.#end()) this.#giveUp();
  }

  #limit(ms: number, what: string): Timeout {
    return new Timeout(ms, () => {
      this.cancel();
      this.events.failed({ problem: 'unreachable', message: `${what} within ${ms / 1_000} s` });
    });
  }

  /** Returns whether it had not ended before. */
  #end(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#hasThawed = this.#timeout.hasThawed;
    this.#timeout.cancel();
    return true;
  }
}
