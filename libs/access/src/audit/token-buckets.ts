// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

const maxPeers = 1_024;

export interface Bucket {
  tokens: number;
  /** The time for which `tokens` is correct. */
  at: number;
  /** The number of times that it was found empty since this was reset. */
  missed: number;
}

/**
 * A token bucket for each peer: a burst at once, and a number of tokens per second after that. Remembers 1,024 peers.
 */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();

  constructor(
    private readonly burst: number,
    private readonly perSecond: number,
  ) {}

  /** `now` in milliseconds of any clock that does not go back. */
  take(peer: string, now: number): { readonly isTaken: boolean; readonly bucket: Bucket } {
    const bucket = this.#filled(peer, now);
    const isTaken = bucket.tokens >= 1;
    if (isTaken) bucket.tokens--;
    else bucket.missed++;
    return { isTaken, bucket };
  }

  /** Whether the bucket of this peer is empty. */
  isEmpty(peer: string, now: number): boolean {
    return this.#buckets.has(peer) && this.#filled(peer, now).tokens < 1;
  }

  #filled(peer: string, now: number): Bucket {
    const bucket = this.#buckets.get(peer) ?? { tokens: this.burst, at: now, missed: 0 };
    this.#buckets.delete(peer);
    this.#buckets.set(peer, bucket);
    if (this.#buckets.size > maxPeers) this.#buckets.delete(this.#buckets.keys().next().value!);
    bucket.tokens = Math.min(this.burst, bucket.tokens + ((now - bucket.at) / 1_000) * this.perSecond);
    bucket.at = now;
    return bucket;
  }
}
