// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { TokenBuckets } from './token-buckets.js';

/** The number of rejections and failures of one peer that are recorded at once, and per second after that. */
const burst = 50;
const perSecond = 5;

/** The decision about one rejection: whether it is recorded, and the further fields of its line. */
export interface RejectionDecision {
  readonly recorded: boolean;
  /** The number of rejections of this peer that were not recorded before this one. */
  readonly suppressed?: number;
  /** The next rejections of this peer may not be recorded. */
  readonly suppressing?: true;
}

/**
 * Keeps a peer that is rejected repeatedly from filling the audit log: after a burst of 50, five per second are
 * recorded for each peer, and each line has the number of those that were not.
 */
export class RejectionLimit {
  readonly #buckets = new TokenBuckets(burst, perSecond);

  /** `now` in milliseconds of any clock that does not go back. */
  take(peer: string, now: number = performance.now()): RejectionDecision {
    const { isTaken, bucket } = this.#buckets.take(peer, now);
    if (!isTaken) return { recorded: false };
    const suppressed = bucket.missed;
    bucket.missed = 0;
    return {
      recorded: true,
      ...(suppressed > 0 ? { suppressed } : {}),
      ...(bucket.tokens < 1 ? { suppressing: true } : {}),
    };
  }
}
