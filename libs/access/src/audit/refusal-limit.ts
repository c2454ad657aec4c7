/** How many refusals and failures of one peer are recorded at once, and how many a second after that. */
const burst = 50;
const perSecond = 5;
const maxPeers = 1_024;

interface Bucket {
  tokens: number;
  at: number;
  suppressed: number;
}

/** What the limit says of one refusal: whether it is recorded, and what else its line has to tell. */
export interface Verdict {
  readonly recorded: boolean;
  /** How many of this peer went unrecorded before this one. */
  readonly suppressed?: number;
  /** The next ones of this peer may go unrecorded. */
  readonly suppressing?: true;
}

/**
 * Keeps a peer that is refused again and again from filling the record: after a burst of 50, five a second of each
 * peer are recorded, and each line says how many were not. Remembers 1,024 peers.
 */
export class RefusalLimit {
  readonly #buckets = new Map<string, Bucket>();

  /** `now` in milliseconds of any clock that does not go back. */
  take(peer: string, now: number = performance.now()): Verdict {
    const bucket = this.#buckets.get(peer) ?? { tokens: burst, at: now, suppressed: 0 };
    this.#buckets.delete(peer);
    this.#buckets.set(peer, bucket);
    if (this.#buckets.size > maxPeers) this.#buckets.delete(this.#buckets.keys().next().value!);
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1_000) * perSecond);
    bucket.at = now;
    if (bucket.tokens < 1) {
      bucket.suppressed++;
      return { recorded: false };
    }
    bucket.tokens--;
    const { suppressed } = bucket;
    bucket.suppressed = 0;
    return {
      recorded: true,
      ...(suppressed > 0 ? { suppressed } : {}),
      ...(bucket.tokens < 1 ? { suppressing: true } : {}),
    };
  }
}
