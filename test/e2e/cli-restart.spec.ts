// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { FakeSystemd } from '@givc/systemd';
import type { UnitName } from '@givc/model';
import { TestSystem, type TestAgent } from '@givc/testing';
import { cli, startCli } from '../support/cli.js';

const [web, appVm, adminVm] = ['web.service', 'microvm@app-vm.service', 'microvm@admin-vm.service'] as UnitName[];

describe('givc-cli restart', () => {
  let system: TestSystem;
  let host: TestAgent;
  /** The changes of the host's units so far. */
  let history: string[];
  let appVmAgent: Promise<TestAgent> | undefined;

  beforeEach(async () => {
    system = await TestSystem.start({ tls: false });
    history = [];
    const systemd = new FakeSystemd();
    systemd.define(web!, { active: true });
    systemd.define(appVm!);
    systemd.define(adminVm!, { active: true });
    host = await system.startAgent('host', {
      type: 0,
      systemd,
      capabilities: { services: [web], vmServices: { adminVm, appVms: [appVm] } },
    });
    for (const unit of [web!, appVm!, adminVm!])
      await systemd.watchUnit(unit, ({ ActiveState }) => void history.push(`${unit} ${ActiveState}`));
    await systemd.watchUnit(appVm!, ({ ActiveState }) => {
      if (ActiveState === 'active')
        appVmAgent = system.startAgent('app-vm', {
          type: 12,
          parent: appVm,
          capabilities: {
            applications: [
              { name: 'clock', command: '/bin/clock' },
              { name: 'browser', command: '/bin/browser', args: ['url'] },
            ],
          },
        });
    });
    await system.until(
      (list) => list.filter(({ Name }) => [web, appVm, adminVm].includes(Name as UnitName)).length === 3,
    );
  });
  afterEach(() => system.close());

  it('stops a service and starts it again', async () => {
    expect(await cli(system, 'restart', 'service', web!, '--vm', 'host')).toEqual({
      status: 0,
      out: 'Restarted web.service in host.\n',
      err: '',
    });
    expect(history).toEqual(['web.service deactivating', 'web.service inactive', 'web.service active']);
  });

  it('reports that the stopped service does not start again', async () => {
    host.systemd.failNextStart(web!);
    const { status, err } = await cli(system, 'restart', 'service', web!, '--vm', 'host');
    expect(status).toBe(1);
    expect(err).toMatch(/^givc-cli: web\.service in host was stopped, and starting it again failed: .*"failed".*\n$/);
  });

  it('starts nothing when it could not stop', async () => {
    const { status, err } = await cli(system, 'restart', 'service', 'other.service', '--vm', 'host');
    expect(status).toBe(1);
    expect(err).not.toContain('was stopped');
    expect(history).toEqual([]);
  });

  it('prints on stderr which step takes longer than a second', async () => {
    const release = host.systemd.holdStarts(web!);
    const restart = startCli(system, 'restart', 'service', web!, '--vm', 'host');
    await restart.wrote('err', 'givc-cli: starting web.service in host\n');
    release();
    expect(await restart.ended).toMatchObject({ status: 0 });
  });

  it('shuts a VM down and boots it, or only boots one that does not run', async () => {
    expect(await cli(system, 'restart', 'vm', 'app-vm')).toMatchObject({ status: 0 });
    const first = await appVmAgent;
    await first!.close();
    history.length = 0;
    expect(await cli(system, 'restart', 'vm', 'app-vm')).toEqual({
      status: 0,
      out: 'Restarted VM app-vm.\n',
      err: '',
    });
    expect(history).toEqual([`${appVm} deactivating`, `${appVm} inactive`, `${appVm} active`]);
  });

  it('starts and stops a VM with "start vm" and "stop vm"', async () => {
    const started = await cli(system, 'start', 'vm', 'app-vm');
    expect(started).toEqual({ status: 0, out: 'Started VM app-vm.\n', err: '' });
    expect(await cli(system, 'stop', 'vm', 'app-vm')).toEqual({ status: 0, out: 'Stopped VM app-vm.\n', err: '' });
    expect(history).toEqual([`${appVm} active`, `${appVm} deactivating`, `${appVm} inactive`]);
    const isOff = await cli(system, 'stop', 'vm', 'app-vm');
    expect(isOff).toEqual({ status: 0, out: 'Stopped VM app-vm.\n', err: '' });
    expect((await cli(system, 'stop', 'vm', 'no-vm')).err).toContain(
      'VM "no-vm" is unknown: "givc-cli status" lists the VMs',
    );
  });

  it('rejects an unknown VM and the VM of the admin', async () => {
    expect((await cli(system, 'restart', 'vm', 'no-vm')).err).toContain('VM "no-vm" is unknown');
    expect((await cli(system, 'restart', 'vm', 'admin-vm')).err).toContain('admin-vm runs the admin');
    expect(history).toEqual([]);
  });

  it('restarts an application in its VM, with the arguments that are given now', async () => {
    const client = system.client();
    await client.startVm({ VmName: 'app-vm' });
    const vm = (await appVmAgent)!;
    await client.startApplication({ AppName: 'browser', VmName: 'app-vm', Args: [] });
    expect(await cli(system, 'restart', 'app', 'browser@0.service', '--', 'https://example.org')).toEqual({
      status: 0,
      out: 'Restarted browser@0.service in app-vm.\n',
      err: '',
    });
    expect(vm.record.lines.filter(({ rpc }) => rpc?.endsWith('StartApplication'))).toHaveLength(2);
    await expect(vm.systemd.unitStatus('browser@0.service' as UnitName)).resolves.toMatchObject({
      ActiveState: 'active',
    });
    const refused = await cli(system, 'restart', 'app', 'browser@', '--', 'not a url');
    expect(refused.err).toMatch(/browser@0\.service in app-vm was stopped, and starting it again failed: /);
  });

  it('rejects an ambiguous name and lists the instances', async () => {
    const client = system.client();
    await client.startVm({ VmName: 'app-vm' });
    for (let n = 0; n < 2; n++) await client.startApplication({ AppName: 'clock', VmName: 'app-vm', Args: [] });
    const { status, err } = await cli(system, 'restart', 'app', 'clock@');
    expect(status).toBe(1);
    expect(err).toContain('clock@0.service in app-vm, clock@1.service in app-vm: name one of them');
    expect(await cli(system, 'restart', 'app', 'clock@1.service')).toMatchObject({ status: 0 });
    expect((await cli(system, 'restart', 'app', 'clock@7.service')).err).toContain('does not run');
  });
});
