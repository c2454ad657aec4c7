// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UnitName } from '@givc/model';
import { FakeSystemd } from '@givc/systemd';
import { TestSystem, type TestAgent } from '@givc/testing';
import { cli } from '../support/cli.js';
import { OldAdmin } from '../support/old-admin.js';
import { StandInPrograms } from '../support/programs.js';

const appVm = 'microvm@app-vm.service' as UnitName;
const web = 'web.service' as UnitName;
const clock = 'clock@0.service' as UnitName;

describe('the agents and the command line with an admin of the original implementation', () => {
  let admin: OldAdmin;
  let system: TestSystem;
  let host: TestAgent;

  const startAdmin = async (port?: number): Promise<OldAdmin> =>
    (admin = await OldAdmin.start({ identity: undefined, booted: () => system.untilRegistered('app-vm'), port }));
  const startVmAgent = (systemd?: FakeSystemd) =>
    system.startAgent('app-vm', {
      type: 12,
      parent: appVm,
      capabilities: { services: [web], applications: [{ name: 'clock', command: '/bin/clock' }] },
      ...(systemd && { systemd }),
    });
  const listed = async (): Promise<Record<string, string>> =>
    Object.fromEntries((await system.client().queryList()).List.map(({ Name, VmStatus }) => [Name, VmStatus]));
  const becomes = (name: UnitName, state: string) =>
    system.until((list) => list.some(({ Name, VmStatus }) => Name === name && VmStatus === state));

  beforeEach(async () => {
    system = await TestSystem.around(() => startAdmin(), { tls: false });
    const systemd = new FakeSystemd();
    systemd.define(appVm);
    host = await system.startAgent('host', { type: 0, systemd, capabilities: { vmServices: { appVms: [appVm] } } });
    await becomes(appVm, 'PoweredOff');
  });
  afterEach(async () => {
    await system.close();
    await admin.stop();
  });

  it('register, and send each change of a unit without a request', async () => {
    await host.systemd.startUnit(appVm);
    await becomes(appVm, 'Running');
    host.systemd.crash(appVm);
    await becomes(appVm, 'PoweredOff');
  });

  it('start a VM and a service, and name them', async () => {
    const systemd = new FakeSystemd();
    systemd.define(web);
    await host.systemd.watchUnit(appVm, ({ ActiveState }) => {
      if (ActiveState === 'active') void startVmAgent(systemd);
    });
    expect(await cli(system, 'start', 'vm', 'app-vm')).toMatchObject({ status: 0, out: 'Started VM app-vm.\n' });
    await becomes(web, 'PoweredOff');
    expect(await cli(system, 'start', 'service', web, '--vm', 'app-vm')).toMatchObject({
      status: 0,
      out: 'Started web.service in app-vm.\n',
    });
    await becomes(web, 'Running');
  });

  describe('agents and the command line while a VM runs', () => {
    let agent: TestAgent;

    beforeEach(async () => {
      await host.systemd.startUnit(appVm);
      agent = await startVmAgent();
      agent.systemd.define(web);
      await system.untilRegistered('app-vm');
    });

    it('start, pause, resume and stop an application', async () => {
      expect(await cli(system, 'start', 'app', 'clock', '--vm', 'app-vm')).toMatchObject({
        status: 0,
        out: 'Started clock@0.service in app-vm.\n',
      });
      for (const [verb, state] of [
        ['pause', 'Paused'],
        ['resume', 'Running'],
      ] as const) {
        expect(await cli(system, verb, clock)).toMatchObject({ status: 0 });
        await becomes(clock, state);
      }
      expect(await cli(system, 'stop', 'app', clock)).toMatchObject({ status: 0 });
      await becomes(clock, 'PoweredOff');
      await admin.poll();
      expect(await listed()).not.toHaveProperty([clock]);
    });

    it.each<[string, (systemd: FakeSystemd) => void]>([
      ['ends', (systemd) => systemd.exit(clock)],
      ['crashes', (systemd) => systemd.crash(clock)],
    ])('have an application removed by the next poll when it %s', async (_, end) => {
      await cli(system, 'start', 'app', 'clock', '--vm', 'app-vm');
      end(agent.systemd);
      await becomes(clock, 'PoweredOff');
      await admin.poll();
      expect(await listed()).not.toHaveProperty([clock]);
    });

    it('register again with an admin that has restarted, with the applications that run', async () => {
      await cli(system, 'start', 'app', 'clock', '--vm', 'app-vm');
      const before = await listed();
      const { address } = system.admin.endpoint;
      await admin.stop();
      await startAdmin(address.protocol === 'tcp' ? address.port : 0);
      await system.until((list) => list.length === Object.keys(before).length);
      expect(await listed()).toEqual(before);
    });
  });

  it('set the timezone in every machine, and in one that registers later', async () => {
    const programs = new StandInPrograms();
    for (const name of ['localectl', 'timedatectl']) programs.add(name, `echo ${name} "$@" >> $FOLDER/asked`);
    try {
      expect(await cli(system, 'set-timezone', 'Europe/Helsinki')).toMatchObject({ status: 0 });
      expect(await cli(system, 'set-locale', 'fi_FI.UTF-8')).toMatchObject({ status: 0 });
      await host.record.next('OK');
      await host.record.next('OK');
      const agent = await startVmAgent();
      await agent.record.next('OK');
      await agent.record.next('OK');
      expect(agent.systemd.environment).toEqual({ LANG: 'fi_FI.UTF-8' });
      expect(programs.read('asked')).toContain('timedatectl --no-ask-password set-timezone Europe/Helsinki');
    } finally {
      programs.remove();
    }
  });

  it('say that the admin does not list applications', async () => {
    expect(await cli(system, 'applications')).toEqual({
      status: 1,
      out: '',
      err: 'givc-cli: the admin does not list applications; a newer givc-admin does\n',
    });
  });

  it('show the reason of a rejected call', async () => {
    expect(await cli(system, 'pause', 'clock@0.service')).toMatchObject({
      status: 1,
      err: 'givc-cli: request contains invalid arguments: Service clock@0.service not registered\n',
    });
  });
});
