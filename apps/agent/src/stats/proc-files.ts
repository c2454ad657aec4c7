// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { stats } from '@givc/rpc';

/** A process from /proc/PID/stat; times are in clock ticks. */
export interface ProcessTimes {
  readonly name: string;
  /** The state as one letter of proc(5): `R` is running. */
  readonly state: string;
  readonly user: number;
  readonly sys: number;
  /** When it started, in clock ticks since the boot; unique together with the process ID. */
  readonly started: string;
  /** The resident memory in pages. */
  readonly residentPages: number;
}

/** Clock ticks of all CPUs since boot. */
export interface CpuTicks {
  readonly user: number;
  readonly sys: number;
  readonly total: number;
}

/**
 * Parses a line of /proc/PID/stat, in which the name of the program, in parentheses, may contain anything. Undefined
 * when the line is invalid.
 */
export function parseProcess(stat: string): ProcessTimes | undefined {
  const [begin, end] = [stat.indexOf('('), stat.lastIndexOf(')')];
  const fields = stat.slice(end + 2).split(' ', 22);
  const field = (number: number): string => fields[number - 3] ?? '';
  if (begin < 0 || end < begin || field(24) === '') return undefined;
  return {
    name: stat.slice(begin + 1, end),
    state: field(3),
    user: Number(field(14)),
    sys: Number(field(15)),
    started: field(22),
    residentPages: Math.max(0, Number(field(24))),
  };
}

/** Adds up the first line of /proc/stat as vmstat(8) does; guests are part of the user's time already. */
export function parseCpu(stat: string): CpuTicks {
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = stat
    .slice(0, stat.indexOf('\n'))
    .replace(/^cpu +/, '')
    .split(' ')
    .map(Number);
  const sys = system + irq + softirq;
  return { user: user + nice, sys, total: user + nice + sys + idle + iowait + steal };
}

/** The values in bytes; 0 for a value that the kernel does not provide. */
export function parseMemory(meminfo: string): stats.MemoryStats {
  const bytes = (key: string): number =>
    1024 * Number(new RegExp(`^${key}: +([0-9]+) kB$`, 'm').exec(meminfo)?.[1] ?? 0);
  return {
    Total: bytes('MemTotal'),
    Free: bytes('MemFree'),
    Available: bytes('MemAvailable'),
    Cached: bytes('Cached'),
  };
}

export function parseLoad(loadavg: string): stats.LoadStats {
  const [Load1Min = 0, Load5Min = 0, Load15Min = 0] = loadavg.split(' ', 3).map(Number);
  return { Load1Min, Load5Min, Load15Min };
}
