// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Backoff } from '@givc/time';

/** A connection that has lasted this long is made again at once when it is lost. */
const lastingMs = 10_000;
const [firstMs, lastMs] = [100, 1_000];

/**
 * Decides how long to pause before the next attempt to connect. A lost connection is made again at once, unless others were
 * lost shortly before: a peer that accepts and closes each connection would cost one TLS handshake after another.
 */
export class ReconnectPauses {
  readonly #afterFailure = new Backoff({ firstMs, lastMs });
  readonly #afterLoss = new Backoff({ firstMs, lastMs, atOnce: true });

  /** In milliseconds, after an attempt that began at this time (`performance.now()`) has failed. */
  failed(startedAt: number): number {
    return Math.max(0, startedAt + this.#afterFailure.next() - performance.now());
  }

  /** In milliseconds, after a connection was lost that was ready since this time. */
  lost(readySince: number): number {
    if (performance.now() - readySince < lastingMs) return this.#afterLoss.next();
    this.#afterLoss.reset();
    return 0;
  }

  /** A connection was established. */
  ready(): void {
    this.#afterFailure.reset();
  }
}
