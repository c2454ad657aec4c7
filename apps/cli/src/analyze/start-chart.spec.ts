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

  it('rejects a unit of which no start is known, in one line', () => {
    expect(() => startChart({ name: 'x.service', vm: 'net-vm' }, [], events)).toThrow(
      'neither the history nor an agent knows a start of "x.service" in net-vm: "givc-cli query" lists the units',
    );
  });
});
