// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { stats } from '@givc/rpc';
import type { ProcReading } from './proc.js';
import type { ProcessTimes } from './proc-files.js';

const listed = 5;

type Before = Pick<ProcReading, 'cpu' | 'processes'>;

const boot: Before = { cpu: { user: 0, sys: 0, total: 0 }, processes: new Map() };

/**
 * Makes readings of the machine into its activity since the previous reading, or since the boot for the first one. All
 * CPU time of a new process counts; a process that has ended is left out.
 */
export class StatsMeter {
  #before = boot;

  read(now: ProcReading): stats.StatsResponse {
    const { cpu, processes } = this.#before;
    this.#before = { cpu: now.cpu, processes: now.processes };
    const total = since(cpu.total, now.cpu.total);
    const percent = (ticks: number): number => (total > 0 ? (100 * ticks) / total : 0);
    const all = Array.from(now.processes, ([pid, process]): stats.ProcessStat => {
      const known = sameProcess(processes.get(pid), process);
      return {
        Name: process.name,
        User: percent(since(known?.user ?? 0, process.user)),
        Sys: percent(since(known?.sys ?? 0, process.sys)),
        ResSetSize: process.residentPages,
      };
    });
    return {
      Memory: now.memory,
      Load: now.load,
      Process: {
        CpuProcesses: all.toSorted((a, b) => b.User + b.Sys - a.User - a.Sys).slice(0, listed),
        MemProcesses: all.toSorted((a, b) => b.ResSetSize - a.ResSetSize).slice(0, listed),
        Total: all.length,
        Running: [...now.processes.values()].filter(({ state }) => state === 'R').length,
        UserCycles: since(cpu.user, now.cpu.user),
        SysCycles: since(cpu.sys, now.cpu.sys),
        TotalCycles: total,
      },
    };
  }
}

/** The kernel's counters may decrease slightly (proc(5), iowait). */
const since = (before: number, now: number): number => Math.max(0, now - before);

/** The kernel reuses process IDs. */
const sameProcess = (known: ProcessTimes | undefined, process: ProcessTimes): ProcessTimes | undefined =>
  known?.started === process.started ? known : undefined;
