// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The resources that the processes of a control group use together. */
export interface ProcessSums {
  /** The user and system time of the running processes, in nanoseconds. */
  readonly cpuNsec: bigint;
  /** Resident sets; pages that processes share are counted for each. */
  readonly residentBytes: number;
  /** Processes and threads. */
  readonly tasks: number;
}

/**
 * The mount points of systemd's hierarchy: all controllers on cgroup v2, its own one on hybrid and legacy systems
 * (systemd(1)).
 */
const roots = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified', '/sys/fs/cgroup/systemd'];
const maxGroups = 1_000;
const maxProcesses = 4_096;
const pageBytes = 4096;
/** USER_HZ of proc(5), a constant of the kernel's interface. */
const nsecPerTick = 10_000_000n;

/** Sums up to 4096 processes in up to 1000 control groups below `path`, as `ControlGroup` of a unit names it. */
export async function processesBelow(path: string): Promise<ProcessSums> {
  let cpuNsec = 0n;
  let residentBytes = 0;
  let tasks = 0;
  for (const pid of await pidsBelow(path)) {
    const stat = await readIfThere(`/proc/${pid}/stat`);
    if (stat === undefined) continue;
    const usage = parseStat(stat);
    cpuNsec += usage.cpuNsec;
    residentBytes += usage.residentBytes;
    tasks += usage.tasks;
  }
  return { cpuNsec, residentBytes, tasks };
}

/** One line of /proc/PID/stat (proc(5)); the name of the program, in parentheses, may contain anything. */
export function parseStat(stat: string): ProcessSums {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): string => fields[number - 3] ?? '0';
  return {
    cpuNsec: (BigInt(field(14)) + BigInt(field(15))) * nsecPerTick,
    residentBytes: Number(field(24)) * pageBytes,
    tasks: Number(field(20)),
  };
}

async function pidsBelow(path: string): Promise<string[]> {
  for (const root of roots) {
    const pids: string[] = [];
    const groups = [join(root, path)];
    for (let next = 0; next < groups.length && next < maxGroups && pids.length < maxProcesses; next++) {
      const group = groups[next]!;
      const procs = await readIfThere(join(group, 'cgroup.procs'));
      if (procs === undefined) continue;
      pids.push(...procs.split('\n').filter((pid) => pid !== ''));
      for (const entry of await childrenOf(group)) groups.push(entry);
    }
    if (pids.length > 0) return pids.slice(0, maxProcesses);
  }
  return [];
}

async function childrenOf(group: string): Promise<string[]> {
  try {
    const entries = await readdir(group, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => join(group, entry.name));
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'latin1');
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/**
 * Processes and control groups may end while they are read; a threaded group cannot list its processes (cgroups(7)).
 */
const isGone = (error: unknown): boolean =>
  ['ENOENT', 'ESRCH', 'ENODEV', 'EOPNOTSUPP', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '');
