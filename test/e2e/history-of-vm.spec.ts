// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UnitName } from '@givc/model';
import { TestSystem, type TestAgent } from '@givc/testing';
import { cli, startCli } from '../support/cli.js';

const web = 'web.service' as UnitName;

describe('the history of one VM', () => {
  let folder: string;
  let system: TestSystem;
  let [net, gui]: TestAgent[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-history-vm-'));
    system = await TestSystem.start({ tls: false, stateDirectory: folder });
    [net, gui] = [await startAgent('net-vm'), await startAgent('gui-vm')];
  });
  afterEach(async () => {
    await system.close();
    rmSync(folder, { recursive: true });
  });

  async function startAgent(name: string): Promise<TestAgent> {
    const agent = await system.startAgent(name, { capabilities: { services: [web] } });
    agent.systemd.define(web);
    await system.untilRegistered(name);
    await system.client().startService({ ServiceName: web, VmName: name });
    return agent;
  }

  const crashes = async (agent: TestAgent, vm: string): Promise<void> => {
    agent.systemd.crash(web);
    await system.until((list) =>
      list.some((one) => one.Name === web && one.VmName === vm && one.VmStatus === 'PoweredOff'),
    );
  };

  it('has the events of no other VM, neither past ones nor new ones', async () => {
    const following = startCli(system, 'history', '--follow', '--vm', 'net-vm');
    await following.wrote('out', 'StartService');
    await crashes(gui!, 'gui-vm');
    await crashes(net!, 'net-vm');
    await following.wrote('out', 'net-vm web.service: failed');
    expect(following.out).not.toContain('gui-vm');
    await system.admin.close();
    await following.ended;
  });

  it('has no loss of its agent because the admin itself has stopped', async () => {
    await system.admin.close();
    await system.startAdmin({ stateDirectory: folder });
    await system.untilRegistered('net-vm');
    const { status, out } = await cli(system, 'history', '--vm', 'net-vm');
    expect({ status, out }).toEqual({ status: 0, out: expect.stringContaining('givc-net-vm.service: registered') });
    expect(out).not.toContain('lost');
  });

  it('shows only that VM as it was at a time', async () => {
    const at = new Date().toISOString();
    const { status, out, err } = await cli(system, 'status', '--at', at, '--vm', 'net-vm');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(/web\.service +Svc +Running/);
    expect(out).not.toContain('gui-vm');
    expect(await cli(system, 'status', '--at', at, '--vm', 'other-vm')).toMatchObject({
      status: 1,
      err: expect.stringContaining('VM "other-vm" is unknown'),
    });
  });

  it('says of a time at which events could not be kept that states may be older ones', async () => {
    const history = join(folder, 'history');
    expect((await cli(system, 'status', '--at', new Date().toISOString())).err).toBe('');
    renameSync(history, `${history}.away`);
    writeFileSync(history, 'a file in the place of the folder');
    await crashes(net!, 'net-vm');
    // A query waits until the event is written, which fails.
    await cli(system, 'history');
    const at = new Date().toISOString();
    rmSync(history);
    renameSync(`${history}.away`, history);
    const { status, out, err } = await cli(system, 'status', '--at', at, '--as-json');
    expect({ status, err }).toEqual({
      status: 0,
      err: expect.stringMatching(/the admin could not keep 1 event around that time: some states may be older ones/),
    });
    expect(JSON.parse(out)).toHaveLength(2);
  });
});
