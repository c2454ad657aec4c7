// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The maximum lateness of an alarm after the wall clock was set, or after a sleep during which the monotonic clock
 * stood still.
 */
const usualLateMs = 60_000;

/**
 * Fires once when the wall clock has reached a time, in milliseconds since 1970. If the clock was set past it or the
 * machine slept, it may be late, by default up to a minute. An alarm alone does not keep the process alive.
 */
export class Alarm {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly at: number,
    private readonly ring: () => void,
    private readonly lateMs = usualLateMs,
  ) {
    this.#look(1);
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }

  /** It never fires before the constructor has returned. */
  #look(leastMs: number): void {
    const leftMs = this.at - Date.now();
    if (leftMs <= 0 && leastMs === 0) return this.ring();
    this.#timer = setTimeout(() => this.#look(0), Math.max(leastMs, Math.min(leftMs, this.lateMs))).unref();
  }
}
