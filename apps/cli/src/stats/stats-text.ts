// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { stats } from '@givc/rpc';
import { formatTable } from '../output/table.js';

const pageBytes = 4096;
const steps = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** A size with a unit: `1.5 GiB`. */
export function size(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(steps.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** step).toFixed(step === 0 ? 0 : 1)} ${steps[step]}`;
}

const percent = (part: number, whole = 100): string => `${(whole > 0 ? (100 * part) / whole : 0).toFixed(1)} %`;

/** The machine in a few lines, then the processes with the highest usage; missing values are left out. */
export const statsText = ({ Memory, Load, Process }: stats.StatsResponse): string =>
  [
    Memory && memoryLine(Memory),
    Load && `Load: ${[Load.Load1Min, Load.Load5Min, Load.Load15Min].map((load) => load.toFixed(2)).join(' ')}\n`,
    Process && processes(Process),
  ].join('');

const memoryLine = ({ Total, Free, Available, Cached }: stats.MemoryStats): string =>
  `Memory: ${size(Total)}, ${size(Available)} available, ${size(Free)} free, ${size(Cached)} cached\n`;

function processes(process: stats.ProcessStats): string {
  const { Total, Running, UserCycles, SysCycles, TotalCycles, CpuProcesses, MemProcesses } = process;
  const cpu = CpuProcesses.map(({ Name, User, Sys }) => [percent(User + Sys), percent(User), percent(Sys), Name]);
  const memory = MemProcesses.map(({ Name, ResSetSize }) => [size(ResSetSize * pageBytes), Name]);
  return (
    `CPU: ${percent(UserCycles, TotalCycles)} user, ${percent(SysCycles, TotalCycles)} system\n` +
    `Processes: ${Total}, ${Running} running\n\n` +
    `${formatTable(['CPU', 'USER', 'SYSTEM', 'PROCESS'], cpu)}\n${formatTable(['MEMORY', 'PROCESS'], memory)}`
  );
}

const jsonProcess = ({ Name, User, Sys, ResSetSize }: stats.ProcessStat) => ({
  name: Name,
  user: User,
  sys: Sys,
  res_set_size: ResSetSize,
});

/** The whole answer, with the names of fields of the other commands. */
export const statsJson = ({ Memory, Load, Process }: stats.StatsResponse) => ({
  memory: Memory && {
    total: Memory.Total,
    free: Memory.Free,
    available: Memory.Available,
    cached: Memory.Cached,
  },
  load: Load && { load_1min: Load.Load1Min, load_5min: Load.Load5Min, load_15min: Load.Load15Min },
  process: Process && {
    cpu_processes: Process.CpuProcesses.map(jsonProcess),
    mem_processes: Process.MemProcesses.map(jsonProcess),
    total: Process.Total,
    running: Process.Running,
    user_cycles: Process.UserCycles,
    sys_cycles: Process.SysCycles,
    total_cycles: Process.TotalCycles,
  },
});
