// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { processClock, type ProcessClock } from './process-clock.js';

export interface TimeoutOptions {
  /**
   * Called when this process goes on after it was frozen, with about how many milliseconds that was, before anything
   * expires: the place to ask the peer at once.
   */
  readonly onThaw?: (frozenMs: number) => void;
  /** Whether the timeout alone does not keep the process alive. */
  readonly unref?: boolean;
  readonly clock?: ProcessClock;
}

/**
 * A timeout looks at the clock so often that a freeze of two thirds of it is noticed, whenever it begins. It need not
 * while the peer says something more often than that, so that an idle process is not woken.
 */
const [slices, longestSliceMs] = [2, 5_000];
/** What a machine under load is late by anyway. */
const leastLatenessMs = 20;

/**
 * Expires when a peer has said nothing for so long, measured in time in which this process ran. While a process is
 * frozen (a guest whose host sleeps, a frozen control group, SIGSTOP), what its peers say waits in its sockets, and
 * they may have been frozen as well. So one that finds its own timer late, and has not used the CPU meanwhile, gives
 * the peer the whole time again: once until the next `restart`, afterwards only the frozen time does not count, so that
 * a peer that hangs is found out in any case. One that is late because it was busy has its time counted. Whenever the
 * timer is late, what has arrived by then is read before the timeout expires.
 *
 * A timeout is for what decides something about a peer. Where lateness does no harm, as for a pause between two
 * attempts, `setTimeout` does.
 */
export class Timeout {
  readonly #clock: ProcessClock;
  readonly #sliceMs: number;
  #timer: NodeJS.Timeout | undefined;
  #reading: NodeJS.Immediate | undefined;
  #isPending = true;
  #leftMs!: number;
  /** Up to when the time that has passed is counted. */
  #countedTo!: number;
  #hasGrace!: boolean;
  /** Whether a whole slice is waited for. */
  #isWhole = false;
  #dueAt = 0;
  #thawedAt = -Infinity;
  #cpuAt = 0;

  constructor(
    readonly ms: number,
    private readonly onExpired: () => void,
    private readonly options: TimeoutOptions = {},
  ) {
    this.#clock = options.clock ?? processClock;
    this.#sliceMs = Math.min(Math.ceil(ms / slices), longestSliceMs);
    this.#begin();
    this.#arm();
  }

  /** Whether it may still expire. */
  get isPending(): boolean {
    return this.#isPending;
  }

  /**
   * Whether this process has run for less than the whole time since it was frozen, also before a timer has noticed:
   * what a peer did meanwhile says nothing about it.
   */
  get hasThawed(): boolean {
    this.#lookIfOverdue();
    return this.#clock.now() - this.#thawedAt < this.ms;
  }

  /**
   * The peer has sent something: the time starts again from the beginning. Nothing happens once it has expired or was
   * cancelled.
   */
  restart(): void {
    if (!this.#isPending) return;
    this.#lookIfOverdue();
    this.#begin();
    const sinceMs = this.#clock.now() + this.#sliceMs - this.#dueAt;
    // Each message of a busy peer may restart it.
    if (!this.#isWhole || sinceMs < this.#sliceMs / 8) return;
    this.#timer!.refresh();
    this.#expectLook(this.#sliceMs);
  }

  cancel(): void {
    this.#isPending = false;
    clearTimeout(this.#timer);
    clearImmediate(this.#reading);
  }

  #lookIfOverdue(): void {
    if (!this.#isPending || this.#clock.now() - this.#dueAt <= this.#toleranceMs) return;
    clearTimeout(this.#timer);
    clearImmediate(this.#reading);
    this.#look();
  }

  get #toleranceMs(): number {
    return Math.max(this.#sliceMs / 3, leastLatenessMs);
  }

  #begin(): void {
    this.#leftMs = this.ms;
    this.#hasGrace = true;
    this.#countedTo = this.#clock.now();
  }

  #arm(): void {
    const ms = Math.min(this.#leftMs, this.#sliceMs);
    this.#timer = setTimeout(() => this.#look(), ms);
    if (this.options.unref) this.#timer.unref();
    this.#expectLook(ms);
  }

  #expectLook(ms: number): void {
    this.#isWhole = ms === this.#sliceMs;
    this.#dueAt = this.#clock.now() + ms;
    this.#cpuAt = this.#clock.cpu();
  }

  #look(): void {
    const now = this.#clock.now();
    const lateMs = now - this.#dueAt;
    const frozenMs = lateMs - (this.#clock.cpu() - this.#cpuAt);
    const wasFrozen = frozenMs > this.#toleranceMs;
    if (wasFrozen) this.#thawedAt = now;
    if (wasFrozen && this.#hasGrace) {
      this.#leftMs = this.ms;
      this.#hasGrace = false;
    } else this.#leftMs -= Math.max(0, now - this.#countedTo - (wasFrozen ? frozenMs : 0));
    this.#countedTo = now;
    if (this.#leftMs > 0) this.#arm();
    else if (lateMs > leastLatenessMs) this.#read();
    else this.#expire();
    if (wasFrozen) this.options.onThaw?.(frozenMs);
  }

  /** What has arrived by now is read before it expires. */
  #read(): void {
    this.#isWhole = false;
    this.#reading = setImmediate(() => {
      if (this.#leftMs > 0) this.#arm();
      else this.#expire();
    });
  }

  #expire(): void {
    this.#isPending = false;
    this.onExpired();
  }
}
