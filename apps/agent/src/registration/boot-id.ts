// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';

/** Another one after each boot of this machine (random(4)); empty where the kernel has none. */
export class BootId {
  #lastStream = 0;

  /** `clock` is in nanoseconds and begins with the boot, for all processes: clock_gettime(2), CLOCK_MONOTONIC. */
  constructor(
    readonly value: string,
    private readonly clock: () => bigint = () => process.hrtime.bigint(),
  ) {}

  /** That of this boot, by the kernel. */
  static read(): BootId {
    try {
      return new BootId(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
    } catch {
      return new BootId('');
    }
  }

  /** `report.Snapshot.stream_number`: higher than it was before in this boot, in this process and in earlier ones. */
  nextStream(): number {
    this.#lastStream = Math.max(this.#lastStream + 1, Number(this.clock() / 1_000n));
    return this.#lastStream;
  }
}
