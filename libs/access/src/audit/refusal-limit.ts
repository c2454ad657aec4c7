// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { TokenBuckets } from './token-buckets.js';

/** How many refusals and failures of one peer are recorded at once, and how many a second after that. */
const burst = 50;
const perSecond = 5;

/** The decision about one refusal: whether it is recorded, and the further fields of its line. */
export interface RefusalDecision {
  readonly recorded: boolean;
  /** How many of this peer went unrecorded before this one. */
  readonly suppressed?: number;
  /** The next ones of this peer may go unrecorded. */
  readonly suppressing?: true;
}

/**
 * Keeps a peer that is refused again and again from filling the record: after a burst of 50, five a second of each
 * peer are recorded, and each line says how many were not.
 */
export class RefusalLimit {
  readonly #buckets = new TokenBuckets(burst, perSecond);

  /** `now` in milliseconds of any clock that does not go back. */
  take(peer: string, now: number = performance.now()): RefusalDecision {
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
