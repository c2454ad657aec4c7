// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { TokenBucket } from '@givc/time';
import { PeerBuckets } from './peer-buckets.js';

/** The rate at which rejections and failures of one peer are recorded: 50 at once, and five per second after that. */
const rate = { burst: 50, everyMs: 200 };

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
  readonly #buckets = new PeerBuckets(rate);
  /** The number of rejections since the last one that was recorded; forgotten with its bucket. */
  readonly #suppressed = new WeakMap<TokenBucket, number>();

  /** `now` in milliseconds of any clock that does not go back. */
  take(peer: string, now: number = performance.now()): RejectionDecision {
    const bucket = this.#buckets.of(peer);
    const suppressed = this.#suppressed.get(bucket) ?? 0;
    const recorded = bucket.take(now);
    this.#suppressed.set(bucket, recorded ? 0 : suppressed + 1);
    if (!recorded) return { recorded };
    return {
      recorded,
      ...(suppressed > 0 ? { suppressed } : {}),
      ...(bucket.isEmpty(now) ? { suppressing: true } : {}),
    };
  }
}
