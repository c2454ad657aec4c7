// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { FakeSystemd } from '@givc/systemd';
import type { UnitName } from '@givc/model';
import { TestSystem } from '@givc/testing';
import { cli, startCli } from '../support/cli.js';

const web = 'web.service' as UnitName;

describe('givc-cli wait', () => {
  let system: TestSystem;
  let systemd: FakeSystemd;

  const startNetVm = async () => {
    const agent = await system.startAgent('net-vm', {
      systemd,
      capabilities: { services: [web], applications: [{ name: 'clock', command: '/bin/clock' }] },
    });
    await system.until((list) => list.some(({ Name }) => Name === web));
    return agent;
  };

  /** The command ends after its timeout even when the test fails. */
  const startWait = (...args: string[]) => startCli(system, 'wait', ...args, '--timeout', '20');

  beforeEach(async () => {
    system = await TestSystem.start({ tls: false });
    systemd = new FakeSystemd();
    systemd.define(web, { active: true });
  });
  afterEach(() => system.close());

  it('returns at once when the unit has the state already', async () => {
    await startNetVm();
    expect(await cli(system, 'wait', 'givc-net-vm.service')).toEqual({
      status: 0,
      out: 'givc-net-vm.service in net-vm is running.\n',
      err: '',
    });
    expect(await cli(system, 'wait', 'no.service', '--state', 'gone')).toMatchObject({ status: 0 });
  });

  it('returns when a unit appears, changes and disappears', async () => {
    const registered = startWait(web, '--state', 'registered');
    const { systemd } = await startNetVm();
    expect(await registered.ended).toMatchObject({ status: 0, out: 'web.service in net-vm is registered.\n' });

    const stopped = startWait(web, '--vm', 'net-vm', '--state', 'stopped');
    systemd.crash(web);
    expect(await stopped.ended).toMatchObject({ status: 0, out: 'web.service in net-vm is stopped.\n' });

    const started = startWait('clock@');
    const client = system.client();
    await client.startApplication({ AppName: 'clock', VmName: 'net-vm', Args: [] });
    expect(await started.ended).toMatchObject({ status: 0, out: 'clock@0.service in net-vm is running.\n' });

    const gone = startWait('clock@', '--state', 'gone');
    await client.stopApplication({ AppName: 'clock@', Args: [] });
    expect(await gone.ended).toMatchObject({ status: 0, out: 'clock@ is gone.\n' });
  });

  it('ends with status 3 and a message after its timeout', async () => {
    expect(await cli(system, 'wait', 'no.service', '--vm', 'net-vm', '--timeout', '0.3')).toEqual({
      status: 3,
      out: '',
      err: expect.stringMatching(/\ngivc-cli: no\.service in net-vm is not running after 0\.3 s: [^\n]+\n$/),
    });
  });

  it('rejects an ambiguous name as soon as two machines have the unit', async () => {
    const waiting = startWait(web, '--state', 'stopped');
    await startNetVm();
    const other = new FakeSystemd();
    other.define(web, { active: true });
    await system.startAgent('gui-vm', { systemd: other, capabilities: { services: [web] } });
    expect(await waiting.ended).toEqual({
      status: 1,
      out: '',
      err: expect.stringMatching(/\ngivc-cli: web\.service is in gui-vm, net-vm: name one of them with --vm\n$/),
    });
  });

  it('continues when the admin restarts, with one message about it', async () => {
    await startNetVm();
    const waiting = startWait('clock@0.service');
    const { address } = system.admin.endpoint;
    await system.admin.close();
    await waiting.wrote('err', 'still waiting');
    await system.startAdmin({ listen: [address] });
    await system.untilRegistered('net-vm');
    await system.client().startApplication({ AppName: 'clock', VmName: 'net-vm', Args: [] });
    const { status, err } = await waiting.ended;
    expect(status).toBe(0);
    expect(err.match(/still waiting: .*the admin at /g)).toHaveLength(1);
  });

  it('waits for an admin that does not listen yet, with one message about it', async () => {
    const { address } = system.admin.endpoint;
    await system.admin.close();
    const waiting = startWait(web);
    await waiting.wrote('err', '\n');
    await system.startAdmin({ listen: [address] });
    await startNetVm();
    expect(await waiting.ended).toEqual({
      status: 0,
      out: 'web.service in net-vm is running.\n',
      err: expect.stringMatching(/^givc-cli: still waiting: cannot reach [^\n]+\n/),
    });
  });
});
