// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The lateness of a packet from which on the producer's clock counts as changed. */
const jumpUs = 1_000_000;

/** CLOCK_MONOTONIC, in microseconds. */
export const monotonicUs = (): number => Number(process.hrtime.bigint() / 1_000n);

/**
 * Converts times of another machine to the clock of this one, so that packets that arrive together keep their
 * intervals. The packet with the shortest delay so far is assumed to have had none.
 */
export class LocalTime {
  #offset: number | undefined;

  constructor(private readonly now: () => number = monotonicUs) {}

  /** The local time of an event, never later than now; 0 when the event has no time. */
  of(timestamp: number): number {
    if (timestamp <= 0) return 0;
    const now = this.now();
    const offset = now - timestamp;
    if (this.#offset === undefined || offset < this.#offset || offset > this.#offset + jumpUs) this.#offset = offset;
    // A producer's clock that runs slower than the local one would make packets seem increasingly late.
    else this.#offset += Math.min(1, offset - this.#offset);
    return timestamp + this.#offset;
  }
}
