// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** How much may happen at once, and how long each takes after that. */
export interface Rate {
  readonly burst: number;
  readonly everyMs: number;
}

/**
 * A token bucket. It begins with `burst` tokens, and gets one more each `everyMs` up to `burst` again, by a monotonic
 * clock that goes on while the process is frozen. Parts of a token count, so that the rate holds however often it is
 * asked for. It has no timer: who finds it empty and wants to wait does so for `waitMs`.
 */
export class TokenBucket {
  #tokens: number;
  /** The time for which `#tokens` is correct. */
  #at = -Infinity;

  constructor(private readonly rate: Rate) {
    this.#tokens = rate.burst;
  }

  /** Takes a token, or returns false when there is none. `now` in milliseconds of any clock that does not go back. */
  take(now: number = performance.now()): boolean {
    if (this.isEmpty(now)) return false;
    this.#tokens--;
    return true;
  }

  /** Whether there is no whole token now. */
  isEmpty(now: number = performance.now()): boolean {
    return this.#filled(now) < 1;
  }

  /** Whether it is as it was at the beginning, so that it may be forgotten. */
  isFull(now: number = performance.now()): boolean {
    return this.#filled(now) === this.rate.burst;
  }

  /** How many milliseconds it takes until there is a token: a whole number, 0 when there is one now. */
  waitMs(now: number = performance.now()): number {
    return Math.ceil(Math.max(0, 1 - this.#filled(now)) * this.rate.everyMs);
  }

  #filled(now: number): number {
    this.#tokens = Math.min(this.rate.burst, this.#tokens + (now - this.#at) / this.rate.everyMs);
    this.#at = now;
    return this.#tokens;
  }
}
