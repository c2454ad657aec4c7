// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { totalmem } from 'node:os';
import type { systemd } from '@givc/rpc';
import type { ResourceUsage } from '@givc/systemd';

/**
 * Makes readings of the resources of a unit into percentages: of one CPU since the previous reading, and of the memory
 * of the machine. The first reading, also after a restart of the unit, gives the average since it became active.
 */
export class UsageMeter {
  #last: ResourceUsage | undefined;

  constructor(private readonly machineBytes: number = totalmem()) {}

  read(usage: ResourceUsage): systemd.UnitResourceResponse {
    const last = this.#last;
    this.#last = usage;
    const restarted = !last || usage.activeNsec < last.activeNsec || usage.cpuNsec < last.cpuNsec;
    const cpuNsec = restarted ? usage.cpuNsec : usage.cpuNsec - last.cpuNsec;
    const nsec = restarted ? usage.activeNsec : usage.activeNsec - last.activeNsec;
    return {
      cpu_usage: nsec > 0n ? (100 * Number(cpuNsec)) / Number(nsec) : 0,
      memory_usage: (100 * usage.memoryBytes) / this.machineBytes,
    };
  }
}
