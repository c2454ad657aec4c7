// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Backoff } from '@givc/time';

/** A connection that lasted at least this long is restored at once. */
const stableMs = 10_000;
const [firstMs, lastMs] = [100, 1_000];

/**
 * The backoff of a connection. A lost connection is restored at once, unless it was short-lived: otherwise a peer that
 * accepts and closes each connection would cause a TLS handshake after another.
 */
export class ReconnectBackoff {
  readonly #afterFailure = new Backoff({ firstMs, lastMs });
  readonly #afterLoss = new Backoff({ firstMs, lastMs, atOnce: true });

  /** Returns the milliseconds to wait after an attempt that began at this time (`performance.now()`) has failed. */
  failed(startedAt: number): number {
    return Math.max(0, startedAt + this.#afterFailure.next() - performance.now());
  }

  /** Returns the milliseconds to wait after a connection was lost that was ready since this time. */
  lost(readySince: number): number {
    if (performance.now() - readySince < stableMs) return this.#afterLoss.next();
    this.#afterLoss.reset();
    return 0;
  }

  /** A connection was established. */
  ready(): void {
    this.#afterFailure.reset();
  }
}
