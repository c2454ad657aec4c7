// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ProcReading } from './proc.js';
import { StatsMeter } from './stats-meter.js';

const process = (name: string, user: number, more: object = {}) => ({
  ...{ name, state: 'S', user, sys: 0, started: '1', residentPages: 10 },
  ...more,
});

const reading = (total: number, processes: Record<string, ReturnType<typeof process>>): ProcReading => ({
  memory: { Total: 4, Free: 3, Available: 2, Cached: 1 },
  load: { Load1Min: 1, Load5Min: 2, Load15Min: 3 },
  cpu: { user: total / 2, sys: total / 4, total },
  processes: new Map(Object.entries(processes)),
});

const shares = (meter: StatsMeter, now: ProcReading) =>
  meter.read(now).Process!.CpuProcesses.map(({ Name, User, Sys }) => [Name, User, Sys]);

describe('the activity of a machine', () => {
  it('covers the time since the boot at first', () => {
    const { Process, ...machine } = new StatsMeter().read(reading(1000, { 1: process('init', 100, { sys: 50 }) }));
    expect(Process).toMatchObject({ UserCycles: 500, SysCycles: 250, TotalCycles: 1000, Total: 1, Running: 0 });
    expect(Process!.CpuProcesses).toEqual([{ Name: 'init', User: 10, Sys: 5, ResSetSize: 10 }]);
    expect(machine).toEqual({
      Memory: { Total: 4, Free: 3, Available: 2, Cached: 1 },
      Load: { Load1Min: 1, Load5Min: 2, Load15Min: 3 },
    });
  });

  it('then covers the time since the previous reading, including processes that began in between', () => {
    const meter = new StatsMeter();
    meter.read(reading(1000, { 1: process('old', 100), 2: process('gone', 900) }));
    expect(shares(meter, reading(1200, { 1: process('old', 150), 3: process('new', 20) }))).toEqual([
      ['old', 25, 0],
      ['new', 10, 0],
    ]);
  });

  it('distinguishes processes with the same id', () => {
    const meter = new StatsMeter();
    meter.read(reading(1000, { 7: process('before', 900) }));
    expect(shares(meter, reading(1100, { 7: process('after', 10, { started: '2' }) }))).toEqual([['after', 10, 0]]);
  });

  it('is zero when no time has passed, and never negative', () => {
    const meter = new StatsMeter();
    meter.read(reading(1000, { 1: process('a', 100) }));
    expect(shares(meter, reading(1000, { 1: process('a', 100) }))).toEqual([['a', 0, 0]]);
    expect(meter.read(reading(900, { 1: process('a', 90) })).Process).toMatchObject({ TotalCycles: 0, UserCycles: 0 });
  });

  it('lists the five processes with the most CPU time and the five with the most memory', () => {
    const many = Object.fromEntries(
      [1, 2, 3, 4, 5, 6, 7].map((n) => [n, process(`p${n}`, n, { residentPages: 8 - n, state: n > 5 ? 'R' : 'S' })]),
    );
    const stats = new StatsMeter().read(reading(100, many)).Process!;
    expect(stats.CpuProcesses.map(({ Name }) => Name)).toEqual(['p7', 'p6', 'p5', 'p4', 'p3']);
    expect(stats.MemProcesses.map(({ Name }) => Name)).toEqual(['p1', 'p2', 'p3', 'p4', 'p5']);
    expect(stats).toMatchObject({ Total: 7, Running: 2 });
  });
});
