// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Backoff } from '@givc/time';
import { maxBackoffMs } from './connect-watchdog.js';

/** A connection that has lasted this long is made again at once when it is lost. */
const lastingMs = 10_000;
const limits = { firstMs: 100, lastMs: maxBackoffMs, atOnce: true };

/**
 * Decides when a lost connection is made again: at once, unless others were lost shortly before. grpc-js has a backoff
 * only between attempts that fail, and a peer that accepts and closes each connection would cost one TLS handshake
 * after another.
 */
export class ReconnectBackoff {
  #readySince: number | undefined;
  /** The backoff after connections that did not last. */
  readonly #backoff = new Backoff(limits);
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly dial: () => void) {}

  ready(): void {
    this.stop();
    this.#readySince = performance.now();
  }

  /** There is no connection, and no attempt to connect. */
  idle(): void {
    this.stop();
    const since = this.#readySince;
    this.#readySince = undefined;
    if (since === undefined) return this.dial();
    const hasLasted = performance.now() - since >= lastingMs;
    if (hasLasted) this.#backoff.reset();
    const pauseMs = hasLasted ? 0 : this.#backoff.next();
    if (pauseMs === 0) return this.dial();
    this.#timer = setTimeout(this.dial, pauseMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
