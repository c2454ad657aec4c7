// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { processClock } from './process-clock.js';

/** Simulates freezes and load of the process with fake timers, from `install` to `jest.restoreAllMocks()`. */
export class VirtualProcess {
  #aheadMs = 0;
  #cpuMs = 0;
  #goesOnAt: number | undefined;

  static install(): VirtualProcess {
    const process = new VirtualProcess();
    jest.spyOn(processClock, 'now').mockImplementation(() => process.#now);
    jest.spyOn(processClock, 'cpu').mockImplementation(() => process.#cpuMs);
    return process;
  }

  /** Freezes the process for this long; then the next timer runs, late if it was due. */
  freeze(ms: number): void {
    this.#goesOnAt = this.#now + ms;
    jest.advanceTimersToNextTimer();
    this.#aheadMs = this.#goesOnAt - performance.now();
    this.#goesOnAt = undefined;
  }

  /** Freezes the process for this long; no timer runs yet. */
  freezeUnnoticed(ms: number): void {
    this.#aheadMs += ms;
  }

  /** Like `freeze`, but the process uses the CPU meanwhile. */
  compute(ms: number): void {
    this.#cpuMs += ms;
    this.freeze(ms);
  }

  get #now(): number {
    return this.#goesOnAt ?? performance.now() + this.#aheadMs;
  }
}
