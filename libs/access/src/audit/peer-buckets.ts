// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { TokenBucket, type Rate } from '@givc/time';

const maxPeers = 1_024;

/** A token bucket for each peer, of the same rate. It remembers the 1,024 peers that took a token last. */
export class PeerBuckets {
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(private readonly rate: Rate) {}

  /** The bucket of a peer, which counts as the one that was used last. */
  of(peer: string): TokenBucket {
    const bucket = this.#buckets.get(peer) ?? new TokenBucket(this.rate);
    this.#buckets.delete(peer);
    this.#buckets.set(peer, bucket);
    if (this.#buckets.size > maxPeers) this.#buckets.delete(this.#buckets.keys().next().value!);
    return bucket;
  }

  /** Whether the bucket of this peer is empty; a peer that is not known stays so. */
  isEmpty(peer: string, now?: number): boolean {
    return this.#buckets.has(peer) && this.of(peer).isEmpty(now);
  }
}
