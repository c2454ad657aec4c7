// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Timeout } from '@givc/time';

/** Something that has to make progress within a time. */
export interface MonitoredOperation {
  /** Whether it waits for this server, and not for its peer. */
  readonly waitsForServer: boolean;
  expire(): void;
}

/**
 * Everything that peers have begun and not ended; each has to make progress within `ms` to twice that, measured by
 * `Timeout`. There is one timer for all of them, because every call has one.
 */
export class ProgressWatchdog {
  #young = new Set<MonitoredOperation>();
  #old = new Set<MonitoredOperation>();
  #isTiming = false;

  constructor(private readonly ms: number) {}

  /** Restarts the time, also of what was begun before. */
  begin(one: MonitoredOperation): void {
    this.#old.delete(one);
    this.#young.add(one);
    if (!this.#isTiming) this.#start();
  }

  end(one: MonitoredOperation): void {
    if (!this.#young.delete(one)) this.#old.delete(one);
  }

  #start(): void {
    this.#isTiming = true;
    new Timeout(this.ms, () => this.#pass(), { unref: true });
  }

  #pass(): void {
    const due = this.#old;
    this.#old = this.#young;
    this.#young = new Set();
    for (const one of due) {
      if (one.waitsForServer) this.#young.add(one);
      else one.expire();
    }
    if (this.#old.size + this.#young.size > 0) this.#start();
    else this.#isTiming = false;
  }
}
