// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  activeState,
  commandAt,
  eventAt,
  hostBootedAt,
  machineBoot,
  registered,
  unitTimes,
} from './measurements.fixture.js';
import { startChart } from './start-chart.js';

const starting = { ...activeState, active_state: 'activating', sub_state: 'start' };
const vmUnit = 'microvm@chrome-vm.service';
const events = [
  commandAt(10, 'chrome-vm', 'chromium', 'StartApplication', 500),
  eventAt(101, 'chrome-vm', vmUnit, {
    $case: 'status',
    value: { before: undefined, after: starting, ending: undefined },
  }),
  eventAt(102, 'chrome-vm', vmUnit, {
    $case: 'status',
    value: { before: starting, after: activeState, ending: undefined },
  }),
  registered(106, 'chrome-vm'),
  eventAt(107, 'chrome-vm', 'chromium@0.service', {
    $case: 'registered',
    value: {
      ...{ machine: 'chrome-vm', vm_type: 'AppVM', service_type: 'App', description: '', state: activeState },
      agent_state: '',
    },
  }),
  commandAt(108, 'chrome-vm', 'chromium', 'StartApplication', 8_000),
];
const boots = [machineBoot('chrome-vm', 'AppVM', 101.5)];

const rounded = (value: unknown) => (typeof value === 'number' ? Math.round(value) : value);

describe('startChart', () => {
  it('shows the last command, the VM that it booted, its agent, and the application', () => {
    const chart = startChart({ name: 'chromium', vm: undefined }, boots, events);
    expect(chart.beginsAt).toBe(hostBootedAt + 100_000);
    expect(chart.lanes[0]!.bars.map(({ label, beginMs, endMs }) => [label, beginMs, endMs])).toEqual([
      ['StartApplication by gui-vm: OK', 0, 8_000],
      [vmUnit, 1_000, 2_000],
      ['kernel', 1_500, 2_500],
      ['systemd', 2_500, 6_500],
      ['givc-agent', 3_500, 6_000],
      ['chromium@0.service', 0, 7_000],
    ]);
  });

  it('takes the times of systemd for the unit where the agent has them', () => {
    const units = [unitTimes('chromium@0.service', 'App', [5, 5.5])];
    const chart = startChart(
      { name: 'chromium@0.service', vm: 'chrome-vm' },
      [machineBoot('chrome-vm', 'AppVM', 101.5, units)],
      events,
    );
    expect(chart.lanes[0]!.bars.at(-1)).toMatchObject({ label: 'chromium@0.service', beginMs: 6_500, endMs: 7_000 });
  });

  it('leaves out a boot before the command', () => {
    const chart = startChart({ name: 'chromium', vm: undefined }, [machineBoot('chrome-vm', 'AppVM', 1)], events);
    expect(chart.lanes[0]!.bars.map(({ kind }) => kind)).not.toContain('kernel');
  });

  it('shows the start of a VM by its name', () => {
    const start = [commandAt(50, 'chrome-vm', '', 'StartVM', 1_000)];
    expect(startChart({ name: 'chrome-vm', vm: undefined }, [], start).title).toMatch(/^Start of chrome-vm on /);
  });

  it('shows a unit that systemd has started by itself', () => {
    const net = machineBoot('net-vm', 'SysVM', 3, [unitTimes('web.service', 'Svc', [3, 4])]);
    const chart = startChart({ name: 'web.service', vm: undefined }, [net], []);
    expect(chart.lanes[0]!.bars).toMatchObject([{ label: 'web.service', beginMs: 0, endMs: 1_000 }]);
  });

  it.each(['clock@0', 'clock@0.service', 'clock'])('takes an application by the name %s', (name) => {
    const start = [commandAt(50, 'chrome-vm', 'clock', 'StartApplication', 40)];
    expect(startChart({ name, vm: undefined }, [], start).beginsAt).toBe(hostBootedAt + 49_960);
    const chrome = machineBoot('chrome-vm', 'AppVM', 0, [unitTimes('clock@0.service', 'App', [3, 4])]);
    expect(startChart({ name, vm: undefined }, [chrome], []).lanes[0]!.bars).toHaveLength(1);
  });

  it.each(['chrome-vm', vmUnit])('shows the VM %s that the start of an application has booted', (name) => {
    const vms = machineBoot('host', 'Host', 0, [unitTimes(vmUnit, 'VM', [101, 102])]);
    const expected = [vmUnit, 'kernel', 'systemd', 'givc-agent'];
    const byHistory = startChart({ name, vm: undefined }, boots, events);
    const byHost = startChart({ name, vm: undefined }, [vms, ...boots], [registered(106, 'chrome-vm')]);
    for (const { lanes, beginsAt } of [byHistory, byHost]) {
      expect(lanes[0]).toMatchObject({ name: 'chrome-vm' });
      expect(lanes[0]!.bars.map(({ label }) => label)).toEqual(expected);
      expect(beginsAt).toBe(hostBootedAt + 101_000);
    }
  });

  it('takes a start of a VM after the last command for it', () => {
    const start = [commandAt(50, 'chrome-vm', '', 'StartVM', 1_000), ...events];
    expect(startChart({ name: 'chrome-vm', vm: undefined }, boots, start).beginsAt).toBe(hostBootedAt + 101_000);
  });

  it('has the unit of a VM once', () => {
    const start = [...events, commandAt(107, 'chrome-vm', '', 'StartVM', 6_500)];
    const { lanes } = startChart({ name: vmUnit, vm: undefined }, boots, start);
    expect(lanes[0]!.bars.filter(({ label }) => label === vmUnit)).toHaveLength(1);
  });

  it.each([-0.02, 0, 0.05])('has a unit where the history has it, with clocks that differ by %d s', (offset) => {
    const active = { before: starting, after: activeState, ending: undefined };
    const start = [
      eventAt(200.036, 'chrome-vm', 'clock@0.service', { $case: 'status', value: active }),
      commandAt(200.038, 'chrome-vm', 'clock', 'StartApplication', 38),
    ];
    const clock = unitTimes('clock@0.service', 'App', [200.03, 200.033]);
    const chrome = machineBoot('chrome-vm', 'AppVM', offset, [clock]);
    for (const [known, end] of [[start, 36] as const, [start.slice(1), Math.min(38, 33 + offset * 1_000)] as const]) {
      const shown = startChart({ name: 'clock', vm: undefined }, [chrome], known).lanes[0]!.bars.at(-1)!;
      expect([shown.label, shown.beginMs, shown.endMs].map(rounded)).toEqual(['clock@0.service', end - 3, end]);
    }
  });

  it('takes the times of the host for a VM that ran before the admin knew it', () => {
    const host = machineBoot('host', 'Host', 100, [unitTimes(vmUnit, 'VM', [1, 1.5])]);
    const known = eventAt(110, 'chrome-vm', vmUnit, {
      $case: 'registered',
      value: {
        ...{ machine: 'host', vm_type: 'AppVM', service_type: 'VM', description: '', state: activeState },
        agent_state: '',
      },
    });
    const chart = startChart({ name: 'chrome-vm', vm: undefined }, [host], [known, registered(111, 'chrome-vm')]);
    expect(chart.beginsAt).toBe(hostBootedAt + 101_000);
    expect(chart.lanes[0]!.bars[0]).toMatchObject({ label: vmUnit, beginMs: 0, endMs: 500 });
  });

  it('rejects a unit of which no start is known, in one line', () => {
    expect(() => startChart({ name: 'x.service', vm: 'net-vm' }, [], events)).toThrow(
      'neither the history nor an agent knows a start of "x.service" in net-vm',
    );
  });
});
