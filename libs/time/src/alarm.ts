// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** How late an alarm may be after the wall clock was set, or after a sleep in which the monotonic clock stood still. */
const usualLateMs = 60_000;

/**
 * Rings once when the wall clock has reached a time, in milliseconds since 1970, also when the clock was set past it or
 * the machine has slept meanwhile; then it may be late, by a minute unless said. An alarm alone does not keep the
 * process alive.
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

  /** Never before the constructor has returned. */
  #look(leastMs: number): void {
    const leftMs = this.at - Date.now();
    if (leftMs <= 0 && leastMs === 0) return this.ring();
    this.#timer = setTimeout(() => this.#look(0), Math.max(leastMs, Math.min(leftMs, this.lateMs))).unref();
  }
}
