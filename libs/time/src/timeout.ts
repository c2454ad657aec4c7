// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { processClock, type ProcessClock } from './process-clock.js';

export interface TimeoutOptions {
  /**
   * Called when this process continues after a freeze, with its approximate duration in milliseconds, before anything
   * expires; the listener may poll the peer at once.
   */
  readonly onThaw?: (frozenMs: number) => void;
  /** Whether the timeout alone does not keep the process alive. */
  readonly unref?: boolean;
  readonly clock?: ProcessClock;
}

/**
 * The number of checks of the clock in the whole time, enough to detect a freeze of two thirds of it at any moment. No
 * check is needed while the peer sends more often than that, so that an idle process is not woken.
 */
const [slices, longestSliceMs] = [2, 5_000];
/** The usual lateness of timers on a machine under load. */
const leastLatenessMs = 20;

/**
 * Expires when a peer has sent nothing for this long, measured in time in which this process ran.
 *
 * While a process is frozen (a guest whose host sleeps, a frozen control group, SIGSTOP), bytes of its peers wait in
 * its sockets, and the peers may be frozen as well. A process counts as frozen when its timer is late although it has
 * not used the CPU. Then the peer gets the whole time again, once until the next `restart`; after that only the frozen
 * time is not counted, so that a peer that hangs is always detected. When the timer is late because the process was
 * busy, the time is counted. Whenever the timer is late, bytes that have arrived are read before the timeout expires.
 *
 * Use a timeout for decisions about a peer. Where lateness is harmless, as for a pause between two attempts,
 * `setTimeout` is enough.
 */
export class Timeout {
  readonly #clock: ProcessClock;
  readonly #sliceMs: number;
  #timer: NodeJS.Timeout | undefined;
  #reading: NodeJS.Immediate | undefined;
  #isPending = true;
  #leftMs!: number;
  /** The time up to which the elapsed time is counted. */
  #countedTo!: number;
  #hasGrace!: boolean;
  /** Whether the timer waits for a whole slice. */
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
   * Whether this process has run for less than the whole time since it was frozen, even before a timer has noticed. The
   * silence of a peer during that time has no meaning.
   */
  get hasThawed(): boolean {
    this.#lookIfOverdue();
    return this.#clock.now() - this.#thawedAt < this.ms;
  }

  /** Starts the time again, because the peer has sent something. Has no effect once it has expired or was cancelled. */
  restart(): void {
    if (!this.#isPending) return;
    this.#lookIfOverdue();
    this.#begin();
    const sinceMs = this.#clock.now() + this.#sliceMs - this.#dueAt;
    // This must be cheap: each message of a busy peer may call it.
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
    const frozenMs = lateMs > this.#toleranceMs ? lateMs - (this.#clock.cpu() - this.#cpuAt) : 0;
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

  /** Bytes that have arrived are read before it expires. */
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
