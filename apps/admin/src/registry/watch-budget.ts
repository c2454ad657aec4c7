// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';

/** How many watches one peer may have open. */
export const maxWatches = 128;
/** How many bytes of theirs may be on their way to it when it opens one more. */
export const maxUndelivered = 16 * 1024 * 1024;
/** How many changes all its watches together are sent at once, and how many a second after that. */
const burst = 1_000;
const perSecond = 1_000;
/** So many, or a tenth of a second of them, are sent together when there is room again. */
const refillMs = 100;

/** What the watches of one peer may cost. Changes that exceed it wait, where those of one entry become one. */
export class WatchBudget {
  readonly #onRefill = new Set<() => void>();
  #watches = 0;
  #undelivered = 0;
  #tokens = burst;
  #at = performance.now();
  #timer: NodeJS.Timeout | undefined;

  get isIdle(): boolean {
    return this.#watches === 0 && this.#undelivered === 0 && this.#filled() === burst;
  }

  /** A watch opens, whose list has so many bytes. RESOURCE_EXHAUSTED when the peer has too many, or does not read them. */
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

  /** So many bytes are on their way; what is returned is called when they have arrived. */
  send(bytes: number): () => void {
    this.#undelivered += bytes;
    let isOnItsWay = true;
    return () => {
      if (isOnItsWay) this.#undelivered -= bytes;
      isOnItsWay = false;
    };
  }

  /** Whether one more change may be sent now; if not, `onRefill` is called once when some may. */
  take(onRefill: () => void): boolean {
    if (this.#filled() >= 1) {
      this.#tokens--;
      return true;
    }
    this.#onRefill.add(onRefill);
    if (!this.#timer) this.#timer = setTimeout(() => this.#refill(), refillMs).unref();
    return false;
  }

  /** The watch that was called first is last the next time. */
  #refill(): void {
    this.#timer = undefined;
    const waiting = [...this.#onRefill];
    this.#onRefill.clear();
    for (const each of waiting) each();
  }

  #filled(): number {
    const now = performance.now();
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#at) / 1_000) * perSecond);
    this.#at = now;
    return this.#tokens;
  }
}
