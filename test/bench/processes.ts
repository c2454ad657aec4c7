// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { labControlGroup } from '../lab/namespaces.js';
import { type MachineName } from '../lab/plan.js';

/** The control group of a unit that runs in a machine, as seen from outside. */
export function controlGroupOf(machine: MachineName, unit: string): string {
  const lab = labControlGroup()!;
  for (const boot of readdirSync(lab).filter((name) => name.startsWith(`${machine}.`)))
    for (const entry of readdirSync(join(lab, boot), { recursive: true, withFileTypes: true })) {
      const group = join(entry.parentPath, entry.name);
      if (entry.isDirectory() && basename(group) === unit && processesIn(group).length > 0) return group;
    }
  throw new Error(`${unit} has no process in ${machine}`);
}

const processesIn = (group: string): number[] =>
  readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);

/** The processes of a unit that runs in a machine, by their ids outside. */
export const processesOf = (machine: MachineName, unit: string): number[] => processesIn(controlGroupOf(machine, unit));

/** The main process of a unit that runs in a machine, by its id outside. */
export const processOf = (machine: MachineName, unit: string): number => processesOf(machine, unit)[0]!;

/** The CPU time that a control group has used so far, in milliseconds (cpu.stat of the kernel's cgroup-v2 document). */
export function cpuTime(group: string): number {
  const used = /^usage_usec (\d+)$/m.exec(readFileSync(join(group, 'cpu.stat'), 'utf8'))?.[1];
  if (used === undefined) throw new Error(`${group} does not count CPU time`);
  return Number(used) / 1000;
}

export interface Memory {
  /** The memory in use, in MiB. */
  readonly resident: number;
  /** The part of it that belongs to no file, in MiB, which the kernel cannot drop. */
  readonly anonymous: number;
}

/** The memory of a process (smaps_rollup of proc(5)). */
export function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const mebibytes = (field: string): number => {
    const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
    if (kibibytes === undefined) throw new Error(`/proc/${pid}/smaps_rollup has no ${field}`);
    return Number(kibibytes) / 1024;
  };
  return { resident: mebibytes('Rss'), anonymous: mebibytes('Anonymous') };
}
