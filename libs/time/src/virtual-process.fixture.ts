// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { processClock } from './process-clock.js';

/** What the process of a test lives through, from `install` to `jest.restoreAllMocks()`; with fake timers. */
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

  /** It does not run for so long; then the next timer is done, late if it was due by then. */
  freeze(ms: number): void {
    this.#goesOnAt = this.#now + ms;
    jest.advanceTimersToNextTimer();
    this.#aheadMs = this.#goesOnAt - performance.now();
    this.#goesOnAt = undefined;
  }

  /** It does not run for so long; no timer is done yet. */
  freezeUnnoticed(ms: number): void {
    this.#aheadMs += ms;
  }

  /** As `freeze`, but that it computes something meanwhile. */
  compute(ms: number): void {
    this.#cpuMs += ms;
    this.freeze(ms);
  }

  get #now(): number {
    return this.#goesOnAt ?? performance.now() + this.#aheadMs;
  }
}
