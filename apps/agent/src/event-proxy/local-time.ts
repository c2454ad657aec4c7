// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** By how much a packet may seem late before its producer's clock is taken for one that was set. */
const jumpUs = 1_000_000;

/** CLOCK_MONOTONIC, in microseconds. */
export const monotonicUs = (): number => Number(process.hrtime.bigint() / 1_000n);

/**
 * Tells the times of another machine by the clock of this one, so that packets that come at once keep the intervals in
 * which they happened: of all packets the one that came fastest is taken to have come at once.
 */
export class LocalTime {
  #offset: number | undefined;

  constructor(private readonly now: () => number = monotonicUs) {}

  /** Never later than now. 0 when the event has no time. */
  of(timestamp: number): number {
    if (timestamp <= 0) return 0;
    const now = this.now();
    const offset = now - timestamp;
    if (this.#offset === undefined || offset < this.#offset || offset > this.#offset + jumpUs) this.#offset = offset;
    // A clock that runs faster than the local one makes it seem ever later.
    else this.#offset += Math.min(1, offset - this.#offset);
    return timestamp + this.#offset;
  }
}
