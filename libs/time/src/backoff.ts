// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The pauses between attempts, in milliseconds: the first, then twice as long each time, at most the last. */
export interface BackoffLimits {
  readonly firstMs: number;
  readonly lastMs: number;
  /** Whether the attempt after the first failure is made without a pause. */
  readonly atOnce?: boolean;
}

/** Counts consecutive failures, and returns the pause after each. It has no timer of its own. */
export class Backoff {
  #failures = 0;

  constructor(private readonly limits: BackoffLimits) {}

  /** Counts a failed attempt, and returns the pause before the next one. */
  next(): number {
    const { firstMs, lastMs, atOnce = false } = this.limits;
    const doublings = this.#failures++ - (atOnce ? 1 : 0);
    return doublings < 0 ? 0 : Math.min(firstMs * 2 ** doublings, lastMs);
  }

  /** Counts a successful attempt: the pauses begin again with the first. */
  reset(): void {
    this.#failures = 0;
  }
}
