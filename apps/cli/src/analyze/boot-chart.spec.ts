// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { bootChart } from './boot-chart.js';
import { hostBootedAt, machineBoot, registered, unitTimes, unknownBoot } from './measurements.fixture.js';

const vmUnits = [
  unitTimes('microvm@net-vm.service', 'VM', [3, 4]),
  unitTimes('microvm@gui-vm.service', 'VM', [4, 5], ['microvm@net-vm.service']),
];
const host = machineBoot('host', 'Host', 0, vmUnits);

describe('bootChart', () => {
  it('places every machine on the time line of the host, from the unit of its VM to its units', () => {
    const net = machineBoot('net-vm', 'SysVM', 3.5, [unitTimes('web.service', 'Svc', [3, 4])]);
    const gui = machineBoot('gui-vm', 'SysVM', 4.5);
    const chart = bootChart(
      [gui, net, host],
      [registered(4, 'host'), registered(7, 'net-vm'), registered(8, 'gui-vm')],
    );
    expect(chart.beginsAt).toBe(hostBootedAt);
    expect(chart.lanes.map(({ name }) => name)).toEqual(['host', 'net-vm', 'gui-vm']);
    expect(chart.lanes[1]!.bars.map(({ label, beginMs, endMs }) => [label, beginMs, endMs])).toEqual([
      ['microvm@net-vm.service', 3_000, 4_000],
      ['kernel', 3_500, 4_500],
      ['systemd', 4_500, 8_500],
      ['givc-agent', 5_500, 7_000],
      ['web.service', 6_500, 7_500],
    ]);
    expect(chart.lanes[2]!.bars[0]!.after).toEqual(['net-vm']);
    expect(chart.lengthMs).toBe(9_500);
  });

  it('has the initial RAM disk between kernel and systemd, and no end for a boot that has not finished', () => {
    const chart = bootChart([machineBoot('host', 'Host', 0, [], { initrd_us: 500_000, finish_us: 0 })], []);
    expect(chart.lanes[0]!.bars.map(({ label, beginMs, endMs }) => [label, beginMs, endMs])).toEqual([
      ['kernel', 0, 500],
      ['initrd', 500, 1_000],
      ['systemd', 1_000, undefined],
      ['givc-agent', 2_000, undefined],
    ]);
  });

  it('begins with systemd where the machine is a container', () => {
    const times = { is_container: true, userspace_us: 50_000_000, finish_us: 54_000_000, agent_us: 52_000_000 };
    const chart = bootChart([machineBoot('host', 'Host', 0, [], times)], []);
    expect(chart.beginsAt).toBe(hostBootedAt + 50_000);
    expect(chart.lanes[0]!.bars[0]).toMatchObject({ label: 'systemd', beginMs: 0, endMs: 4_000 });
  });

  it('has the session of an agent that runs in one', () => {
    const times = { session_us: 1_500_000, session_finish_us: 1_900_000 };
    const [lane] = bootChart([machineBoot('app-vm', 'AppVM', 0, [], times)], []).lanes;
    expect(lane!.bars.find(({ label }) => label === 'session')).toMatchObject({ beginMs: 1_500, endMs: 1_900 });
  });

  it('notes a machine that has booted later, and one whose times are unknown', () => {
    const later = machineBoot('app-vm', 'AppVM', 3_600);
    const chart = bootChart([host, later, unknownBoot('old-vm', 'the agent of old-vm does not offer this')], []);
    expect(chart.lanes.map(({ name }) => name)).toEqual(['host']);
    expect(chart.notes).toEqual([
      expect.stringMatching(/^app-vm has booted later, at /),
      'the times of old-vm are unknown: the agent of old-vm does not offer this',
      'the times of net-vm are unknown: no agent of it is registered',
      'the times of gui-vm are unknown: no agent of it is registered',
    ]);
  });

  it('notes a VM of the host without an agent, such as the one of the admin', () => {
    const admin = unitTimes('microvm@admin-vm.service', 'VM', [1, 2]);
    const off = unitTimes('microvm@app-vm.service', 'VM', [0, 0]);
    const { notes } = bootChart([machineBoot('host', 'Host', 0, [admin, off])], []);
    expect(notes).toEqual(['the times of admin-vm are unknown: no agent of it is registered']);
  });

  it('leaves out units that were started when the boot was over', () => {
    const net = machineBoot('net-vm', 'SysVM', 3, [unitTimes('late.service', 'Svc', [500, 501])]);
    const [, lane] = bootChart([host, net], []).lanes;
    expect(lane!.bars.map(({ label }) => label)).not.toContain('late.service');
  });

  it('says why there is no chart when no machine knows its times', () => {
    expect(() => bootChart([unknownBoot('host', 'it is too old')], [])).toThrow(
      'no machine says when it has booted: it is too old',
    );
  });
});
