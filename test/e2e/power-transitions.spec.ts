// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { FakeSystemd } from '@givc/systemd';
import type { UnitName } from '@givc/model';
import { TestSystem } from '@givc/testing';
import { startCli } from '../support/cli.js';
import { agentMixtures, startOldAgent, type AnyAgent } from '../support/old-agents.js';

const netVm = 'microvm@net-vm.service' as UnitName;
const services = ['poweroff.target', 'reboot.target', 'suspend.target', 'update.service', 'web.service'] as UnitName[];

/** Keeps starts of the unit from completing; resolves once one has begun. */
function beginsToStart(systemd: FakeSystemd, unit: UnitName): Promise<void> {
  systemd.holdStarts(unit);
  return new Promise((resolve) => {
    void systemd.watchUnit(unit, ({ ActiveState }) => ActiveState === 'activating' && resolve());
  });
}

describe.each(agentMixtures)(
  'the start of a unit after which its machine cannot answer, with %s',
  (_title, startHost, startVm) => {
    let system: TestSystem;
    let host: AnyAgent;
    let vm: AnyAgent;
    let systemd: FakeSystemd;
    const startAgent = () => startVm(system, 'net-vm', { parent: netVm, systemd, capabilities: { services } });
    const startService = (ServiceName: string, VmName = 'net-vm') =>
      system.client().startService({ ServiceName, VmName });

    beforeEach(async () => {
      system = await TestSystem.start();
      const hostSystemd = new FakeSystemd();
      hostSystemd.define(netVm, { active: true });
      systemd = new FakeSystemd();
      for (const unit of services) systemd.define(unit);
      host = await startHost(system, 'host', {
        type: 0,
        systemd: hostSystemd,
        capabilities: { vmServices: { systemVms: [netVm] } },
      });
      await system.until((list) => list.some((item) => item.Name === netVm && item.VmStatus === 'Running'));
      vm = await startAgent();
      await system.untilRegistered('net-vm');
    });
    afterEach(() => system.close());

    it.each(['poweroff.target', 'reboot.target'] as UnitName[])(
      'has succeeded, and is recorded as a success, when it is %s and the agent ends',
      async (unit) => {
        const isStarting = beginsToStart(systemd, unit);
        system.admin.record.skip();
        const started = startService(unit);
        await isStarting;
        await vm.close();
        await started;
        const recorded = system.admin.record.lines.filter(({ rpc }) => rpc?.endsWith('StartService'));
        expect(recorded).toMatchObject([{ answer: 'OK' }]);
      },
    );

    it('has succeeded when the VM then ends by itself, and has failed when its host reports that it was stopped', async () => {
      // Answers of an agent that does not report do not say whether a unit was stopped on request.
      for (const isStopped of startHost === startOldAgent ? [false] : [false, true]) {
        const isStarting = beginsToStart(systemd, 'update.service' as UnitName);
        const started = startService('update.service');
        started.catch(() => undefined);
        await isStarting;
        await vm.close();
        if (isStopped) await host.systemd.stopUnit(netVm);
        else host.systemd.exit(netVm);
        if (isStopped) await expect(started).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
        else await started;
        await host.systemd.startUnit(netVm);
        systemd = new FakeSystemd();
        for (const unit of services) systemd.define(unit);
        vm = await startAgent();
        await system.untilRegistered('net-vm');
      }
    });

    it('has succeeded when it shuts down a VM that is already going down', async () => {
      const release = host.systemd.holdStops(netVm);
      const stopped = host.systemd.stopUnit(netVm);
      await vm.close();
      await system.until((list) => list.some((item) => item.Name === netVm && item.VmStatus === 'PoweredOff'));
      await startService('poweroff.target');
      release();
      await stopped;
    });

    it('has succeeded when it suspends the machine and the agent is back', async () => {
      const suspend = 'suspend.target' as UnitName;
      const isStarting = beginsToStart(systemd, suspend);
      const started = startService(suspend);
      await isStarting;
      await vm.close();
      await systemd.stopUnit(suspend);
      vm = await startAgent();
      await started;
    });
  },
);

describe('the command line', () => {
  let system: TestSystem;
  let systemd: FakeSystemd;
  const poweroff = 'poweroff.target' as UnitName;

  beforeEach(async () => {
    system = await TestSystem.start({ tls: false });
    systemd = new FakeSystemd();
    for (const unit of services) systemd.define(unit);
    await system.startAgent('host', { type: 0, systemd, capabilities: { services } });
    await system.untilRegistered('host');
  });
  afterEach(() => system.close());

  it.each([
    { args: ['poweroff'], out: 'The computer is powering off.\n' },
    { args: ['start', 'service', poweroff, '--vm', 'host'], out: 'Started poweroff.target in host.\n' },
  ])('ends with 0 when $args.0 ends the admin before it answers', async ({ args, out }) => {
    const isStarting = beginsToStart(systemd, poweroff);
    const running = startCli(system, ...args);
    await isStarting;
    await system.admin.close();
    expect(await running.ended).toEqual({ status: 0, out, err: 'givc-cli: the admin has ended before it answered\n' });
  });

  it('ends with 1 when the admin ends during the start of another unit', async () => {
    const isStarting = beginsToStart(systemd, 'web.service' as UnitName);
    const running = startCli(system, 'start', 'service', 'web.service', '--vm', 'host');
    await isStarting;
    await system.admin.close();
    expect(await running.ended).toMatchObject({
      status: 1,
      err: expect.stringContaining('the request may or may not have been carried out'),
    });
  });
});
