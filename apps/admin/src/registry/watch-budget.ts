// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import { TokenBucket } from '@givc/time';

/** The maximum number of open watches of one peer. */
export const maxWatches = 128;
/** The maximum number of bytes in flight to a peer that opens another watch. */
export const maxUndelivered = 16 * 1024 * 1024;
/** The rate at which all watches of a peer together get changes: 1,000 at once, and 1,000 per second after that. */
const rate = { burst: 1_000, everyMs: 1 };
/** The pause before waiting changes are sent, so that about a hundred are sent together. */
const refillMs = 100;

/** Limits the cost of the watches of one peer. Further changes wait, and waiting changes of one entry are merged. */
export class WatchBudget {
  readonly #changes = new TokenBucket(rate);
  readonly #onRefill = new Set<() => void>();
  #watches = 0;
  #undelivered = 0;
  #timer: NodeJS.Timeout | undefined;

  get isIdle(): boolean {
    return this.#watches === 0 && this.#undelivered === 0 && this.#changes.isFull();
  }

  /** Counts a new watch. RESOURCE_EXHAUSTED when the peer has too many watches, or does not read those that it has. */
  open(): void {
    if (this.#watches >= maxWatches)
      throw new GivcError(
        'RESOURCE_EXHAUSTED',
        `too many watches: at most ${maxWatches} of one caller may be open; end one, or share one between programs`,
      );
    if (this.#undelivered >= maxUndelivered)
      throw new GivcError(
        'RESOURCE_EXHAUSTED',
        `too many undelivered bytes: at most ${maxUndelivered} for the watches of one caller; read those that are open`,
      );
    this.#watches++;
  }

  close(onRefill: () => void): void {
    this.#watches--;
    this.#onRefill.delete(onRefill);
  }

  /** Counts bytes in flight. Returns a function to call when they have arrived. */
  send(bytes: number): () => void {
    this.#undelivered += bytes;
    let isOnItsWay = true;
    return () => {
      if (isOnItsWay) this.#undelivered -= bytes;
      isOnItsWay = false;
    };
  }

  /** Whether one more change may be sent now. If not, `onRefill` is called once when changes may be sent again. */
  take(onRefill: () => void): boolean {
    if (this.#changes.take()) return true;
    this.#onRefill.add(onRefill);
    if (!this.#timer) this.#timer = setTimeout(() => this.#refill(), refillMs).unref();
    return false;
  }

  /** The watch that is called first now is called last the next time. */
  #refill(): void {
    this.#timer = undefined;
    const waiting = [...this.#onRefill];
    this.#onRefill.clear();
    for (const each of waiting) each();
  }
}
