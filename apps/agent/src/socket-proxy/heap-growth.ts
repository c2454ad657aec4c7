// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { setFlagsFromString } from 'node:v8';

/** `--heap-growing-percent`: the value that the agent starts with, and the value while sockets are busy. */
const [calmPercent, busyPercent] = [30, 200];
const busyBytes = 4 * 1024 * 1024;
const secondMs = 1_000;

/**
 * V8 counts the buffers of sockets as heap. An agent's heap is small and may hardly grow, so that busy sockets would
 * cause a collection every few MiB, which takes more time than the transfer itself. So the heap may grow while sockets
 * transfer at least 4 MiB a second.
 */
export class HeapGrowth {
  #second = -Infinity;
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly growBy: (percent: number) => void) {}

  carried(bytes: number): void {
    const now = performance.now();
    if (now - this.#second >= secondMs) {
      this.#second = now;
      this.#bytes = 0;
    }
    this.#bytes += bytes;
    if (this.#bytes < busyBytes) return;
    if (!this.#timer) this.growBy(busyPercent);
    clearTimeout(this.#timer);
    this.#bytes = 0;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.growBy(calmPercent);
    }, 2 * secondMs).unref();
  }
}

/** The heap of this process. */
export const heapGrowth = new HeapGrowth((percent) => setFlagsFromString(`--heap-growing-percent=${percent}`));
