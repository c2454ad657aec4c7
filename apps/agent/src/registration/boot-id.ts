// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';

/** A new id after each boot of this machine (random(4)); empty where the kernel has none. */
export class BootId {
  #lastStream = 0;

  /** `clock` is in nanoseconds since the boot, for all processes: clock_gettime(2), CLOCK_MONOTONIC. */
  constructor(
    readonly value: string,
    private readonly clock: () => bigint = () => process.hrtime.bigint(),
  ) {}

  /** The boot id of the kernel. */
  static read(): BootId {
    try {
      return new BootId(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
    } catch {
      return new BootId('');
    }
  }

  /** `report.Snapshot.stream_number`: higher than all earlier ones of this boot, also of earlier processes. */
  nextStream(): number {
    this.#lastStream = Math.max(this.#lastStream + 1, Number(this.clock() / 1_000n));
    return this.#lastStream;
  }
}
