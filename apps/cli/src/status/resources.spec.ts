// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import type { resources } from '@givc/rpc';
import { cpuPercent, problemsOf, readUsage, usageRows, usageTable, type SortKey } from './resources.js';

const usage = (more: Partial<resources.Usage> = {}): resources.Usage => ({
  ...{ cpu_us: 0, active_us: 1_000_000, memory_bytes: 0, tasks: 1, restarts: 0 },
  ...more,
});
const unit = (name: string, its?: Partial<resources.Usage>): resources.UnitUsage => ({
  ...{ unit: name, service_type: 'Svc', vm_status: 'Running' },
  usage: its && usage(its),
});
const machine = (vm: string, units: resources.UnitUsage[], more: Partial<resources.MachineUsage> = {}) => ({
  ...{ vm, units, state: 'answered', error: '' },
  ...more,
});
const off = machine('off-vm', [], { state: 'off', error: 'VM "off-vm" does not run' });
const old = machine('old-vm', [unit('old.service')], { state: 'unsupported', error: 'old-vm does not offer this' });
const hung = machine('hung-vm', [unit('hung.service')], { state: 'unreachable', error: 'hung-vm does not answer' });

describe('the share of the CPU', () => {
  it('is that of one CPU between the two readings', () => {
    const before = usage({ cpu_us: 500_000, active_us: 10_000_000 });
    expect(cpuPercent(before, usage({ cpu_us: 600_000, active_us: 11_000_000 }))).toBe(10);
    expect(cpuPercent(before, usage({ cpu_us: 2_500_000, active_us: 11_000_000 }))).toBe(200);
    expect(cpuPercent(before, before)).toBe(0);
  });

  it('is the average since the start of a unit that is new, or was started again', () => {
    expect(cpuPercent(undefined, usage({ cpu_us: 100_000, active_us: 200_000 }))).toBe(50);
    const before = usage({ cpu_us: 500_000, active_us: 10_000_000 });
    expect(cpuPercent(before, usage({ cpu_us: 100_000, active_us: 200_000 }))).toBe(50);
    expect(cpuPercent(before, usage({ cpu_us: 100_000, active_us: 20_000_000 }))).toBe(0.5);
    expect(cpuPercent(undefined, usage({ active_us: 0 }))).toBe(0);
  });
});

describe('the resources of units', () => {
  const answer = (...machines: resources.MachineUsage[]): resources.GetUsageResponse => ({ machines });
  const many = answer(
    machine('net-vm', [
      unit('a.service', { memory_bytes: 5, cpu_us: 1_000, tasks: 3, restarts: 0 }),
      unit('b.service', { memory_bytes: 7, cpu_us: 3_000, tasks: 1, restarts: 9 }),
      unit('c.socket', { memory_bytes: 7, cpu_us: 2_000, tasks: undefined, restarts: undefined }),
    ]),
    ...[off, old, hung],
  );

  it.each<[SortKey, string[]]>([
    ['memory', ['b.service', 'c.socket', 'a.service']],
    ['cpu', ['b.service', 'c.socket', 'a.service']],
    ['tasks', ['a.service', 'b.service', 'c.socket']],
    ['restarts', ['b.service', 'a.service', 'c.socket']],
  ])('are sorted by %s, then unknown ones, then machines without an answer', (sort, names) => {
    const rows = usageRows(answer(), many, sort);
    const unknown = sort === 'memory' || sort === 'cpu' ? ['old.service'] : [];
    expect(rows.map((row) => row.unit).filter((name) => name !== 'old.service')).toEqual([...names, null, null]);
    expect(rows.map((row) => row.unit).slice(3, 3 + unknown.length)).toEqual(unknown);
    expect(rows.slice(-2).map(({ vm }) => vm)).toEqual(['hung-vm', 'off-vm']);
  });

  it('are those of the second reading, whatever the first one has', () => {
    const before = answer(machine('net-vm', [unit('a.service', { cpu_us: 0 }), unit('gone.service', {})]));
    const after = answer(
      machine('net-vm', [unit('a.service', { cpu_us: 500_000, active_us: 2_000_000 }), unit('new.service', {})]),
      machine('new-vm', [unit('a.service', {})]),
    );
    expect(usageRows(before, after, 'cpu').map(({ vm, unit, cpu_percent: cpu }) => [vm, unit, cpu])).toEqual([
      ['net-vm', 'a.service', 50],
      ['net-vm', 'new.service', 0],
      ['new-vm', 'a.service', 0],
    ]);
  });

  it('have units in the table, and say what is unknown and which machine is off', () => {
    const mebibyte = 1024 ** 2;
    const web = unit('web.service', { cpu_us: 125_000, memory_bytes: 1.5 * mebibyte, tasks: 4, restarts: 2 });
    const socket = unit('a.socket', { memory_bytes: 9, tasks: undefined, restarts: undefined });
    const { head, rows } = usageTable(
      usageRows(answer(), answer(machine('net-vm', [web, socket]), off, old, hung), 'memory'),
    );
    expect(head).toEqual(['VM', 'UNIT', 'STATUS', 'CPU', 'MEMORY', 'TASKS', 'RESTARTS']);
    expect(rows).toEqual([
      ['net-vm', 'web.service', 'Running', '12.5 %', '1.5 MiB', '4', '2'],
      ['net-vm', 'a.socket', 'Running', '0.0 %', '9 B', '', ''],
      ['old-vm', 'old.service', 'Running', 'unknown', 'unknown', 'unknown', 'unknown'],
      ['hung-vm', '', 'unreachable', '', '', '', ''],
      ['off-vm', '', 'off', '', '', '', ''],
    ]);
  });

  it('name the problem of each agent that has not answered', () => {
    const without = machine('admin-vm', [], { state: 'no-agent', error: 'VM "admin-vm" has no agent' });
    expect(problemsOf({ machines: [...many.machines, without] })).toEqual([
      'old-vm does not offer this',
      'hung-vm does not answer',
    ]);
  });

  it('are read twice, with a pause between', async () => {
    const done: string[] = [];
    const admin = {
      getUsage: ({ vm }: resources.GetUsageRequest = { vm: '' }) => {
        done.push(`read ${vm}`);
        return Promise.resolve(answer());
      },
    };
    await readUsage(admin, 'net-vm', () => Promise.resolve(done.push('pause')));
    expect(done).toEqual(['read net-vm', 'pause', 'read net-vm']);
  });

  it('are not offered by an admin that is too old', async () => {
    const admin = { getUsage: () => Promise.reject(new GivcError('UNIMPLEMENTED', 'unknown service')) };
    await expect(readUsage(admin, '')).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: 'the admin does not offer resources; a newer givc-admin does',
    });
  });
});
