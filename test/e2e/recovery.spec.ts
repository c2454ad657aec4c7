// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UnitName } from '@givc/model';
import { FakeSystemd } from '@givc/systemd';
import { TestSystem, type AdminOptions } from '@givc/testing';
import { agentMixtures, startOldAgent, type AnyAgent } from '../support/old-agents.js';

const netVm = 'microvm@net-vm.service' as UnitName;
const guiVm = 'microvm@gui-vm.service' as UnitName;

describe.each(agentMixtures)('a system VM that crashed, with %s,', (_title, startHost, startVm) => {
  let system: TestSystem;
  let host: AnyAgent;
  let boots: Map<UnitName, number>;

  const start = async (options: AdminOptions = {}) => {
    system = await TestSystem.start({ services: [netVm], ...options });
    boots = new Map();
    const systemd = new FakeSystemd();
    for (const unit of [netVm, guiVm]) systemd.define(unit);
    host = await startHost(system, 'host', {
      type: 0,
      systemd,
      capabilities: { services: ['marker.service'], vmServices: { systemVms: [netVm, guiVm] } },
    });
    systemd.define('marker.service');
    for (const unit of [netVm, guiVm])
      await systemd.watchUnit(unit, ({ ActiveState }) => {
        if (ActiveState !== 'active') return;
        boots.set(unit, (boots.get(unit) ?? 0) + 1);
        void startVm(system, unit.slice('microvm@'.length, -'.service'.length), { parent: unit });
      });
    await system.until((list) => list.filter(({ Name }) => Name.startsWith('microvm@')).length === 2);
    for (const VmName of ['net-vm', 'gui-vm']) await system.client().startVm({ VmName });
  };
  afterEach(() => system.close());

  const booted = async (unit: UnitName, times: number): Promise<void> => {
    while ((boots.get(unit) ?? 0) < times)
      await new Promise<void>((resolve) => void host.systemd.watchUnit(unit, () => resolve()));
  };
  /** Resolves when the admin has processed all earlier events of the host. */
  const flushed = async (): Promise<void> => {
    await system.client().startService({ ServiceName: 'marker.service', VmName: 'host' });
    await system.client().stopService({ ServiceName: 'marker.service', VmName: 'host' });
  };

  it('is started again after each crash, with the pause in the log', async () => {
    await start();
    host.systemd.crash(netVm);
    await booted(netVm, 2);
    await system.untilRegistered('net-vm');
    host.systemd.crash(netVm);
    await booted(netVm, 3);
    expect(system.admin.lines.filter((line) => line.includes('VM crashed'))).toEqual([
      'warn: VM crashed, starting it again vm=net-vm afterMs=0',
      'warn: VM crashed, starting it again vm=net-vm afterMs=1000',
    ]);
  });

  type StaysDown = [string, AdminOptions, UnitName, (crash: () => void) => Promise<void> | void];
  it.each<StaysDown>([
    ['that the admin does not manage', {}, guiVm, (crash) => crash()],
    ['when monitoring is off', { monitoring: false }, netVm, (crash) => crash()],
    ['that was stopped on the host', {}, netVm, () => void host.systemd.exit(netVm)],
    // Answers of an agent that does not report do not say who stopped a unit.
    ...(startHost === startOldAgent
      ? []
      : [
          [
            'that was stopped on the host and had to be killed',
            {},
            netVm,
            () => host.systemd.stopBadly(netVm),
          ] satisfies StaysDown,
        ]),
    [
      'whose StopService ends as failed',
      {},
      netVm,
      async (crash) => {
        jest.spyOn(host.systemd, 'stopUnit').mockImplementationOnce((unit) => {
          crash();
          return host.systemd.unitStatus(unit);
        });
        await system.client().stopService({ ServiceName: netVm, VmName: 'host' });
      },
    ],
  ])('stays down %s', async (_, options, unit, end) => {
    await start(options);
    const before = boots.get(unit)!;
    await end(() => host.systemd.crash(unit));
    await flushed();
    await system.until((list) => list.some(({ Name, VmStatus }) => Name === unit && VmStatus === 'PoweredOff'));
    expect(system.admin.lines.join('\n')).not.toContain('VM crashed');
    expect(boots.get(unit)).toBe(before);
  });

  it('is started again when it had been stopped and was then started on the host', async () => {
    await start();
    await system.client().stopService({ ServiceName: netVm, VmName: 'host' });
    await host.systemd.startUnit(netVm);
    await system.until((list) => list.some(({ Name, VmStatus }) => Name === netVm && VmStatus === 'Running'));
    await system.untilRegistered('net-vm');
    host.systemd.crash(netVm);
    await booted(netVm, 3);
    expect(system.admin.lines).toContain('warn: VM crashed, starting it again vm=net-vm afterMs=0');
  });

  it('fails the call after the limit when it does not boot, with the missing registration in the error', async () => {
    system = await TestSystem.start({ bootLimitMs: 200 });
    const systemd = new FakeSystemd();
    systemd.define('microvm@slow-vm.service');
    await startHost(system, 'host', {
      type: 0,
      systemd,
      capabilities: { vmServices: { systemVms: ['microvm@slow-vm.service'] } },
    });
    await system.until((list) => list.some(({ Name }) => Name === 'microvm@slow-vm.service'));
    await expect(system.client().startVm({ VmName: 'slow-vm' })).rejects.toMatchObject({
      reason: 'DEADLINE_EXCEEDED',
      message: expect.stringContaining('givc-slow-vm.service has not registered within 0.2 s'),
    });
  });
});
