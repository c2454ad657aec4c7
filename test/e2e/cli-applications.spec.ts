// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { FakeSystemd } from '@givc/systemd';
import type { UnitName } from '@givc/model';
import { TestSystem, type TestAgent } from '@givc/testing';
import { cli } from '../support/cli.js';
import { startOldAgent } from '../support/old-agents.js';

const offVm = 'microvm@off-vm.service' as UnitName;
const applications = ['chromium', 'clock'].map((name) => ({ name, command: '/bin/true' }));

describe('givc-cli applications', () => {
  let system: TestSystem;
  let agent: TestAgent;

  /** The VM old-vm has an agent of the original implementation, and off-vm is off. */
  beforeAll(async () => {
    system = await TestSystem.start({ tls: false });
    const systemd = new FakeSystemd();
    systemd.define(offVm);
    await system.startAgent('host', { type: 0, systemd, capabilities: { vmServices: { appVms: [offVm] } } });
    await system.untilRegistered('host');
    agent = await system.startAgent('app-vm', { type: 12, capabilities: { applications } });
    await startOldAgent(system, 'old-vm', { capabilities: { applications } });
    await system.until((list) =>
      ['app-vm', 'old-vm'].every((vm) => list.some(({ Name }) => Name === `givc-${vm}.service`)),
    );
    await system.client().startApplication({ AppName: 'clock', VmName: 'app-vm', Args: [] });
  });
  afterAll(() => system.close());

  it('lists those of each agent with their instances, and the VMs of which they are unknown', async () => {
    expect(await cli(system, 'applications')).toEqual({
      status: 0,
      err: '',
      out: [
        'VM      APPLICATION  INSTANCES',
        'old-vm  -            unknown: the agent does not report them',
        'app-vm  chromium     -',
        'app-vm  clock        clock@0.service',
        'off-vm  -            unknown: off',
        '',
      ].join('\n'),
    });
  });

  it('lists those of one VM, also as JSON', async () => {
    const { out } = await cli(system, 'applications', '--vm', 'app-vm', '--as-json');
    expect(JSON.parse(out)).toEqual([
      { vm_name: 'app-vm', application: 'chromium', instances: [], problem: null },
      { vm_name: 'app-vm', application: 'clock', instances: ['clock@0.service'], problem: null },
    ]);
    expect((await cli(system, 'applications', '--vm', 'host')).out).toBe('VM  APPLICATION  INSTANCES\n');
  });

  it('names a mistyped VM', async () => {
    expect(await cli(system, 'applications', '--vm', 'ap-vm')).toEqual({
      status: 1,
      out: '',
      err: 'givc-cli: VM "ap-vm" is unknown: did you mean "app-vm"? "givc-cli status" lists the VMs\n',
    });
  });

  it('says that they are unknown once the agent has left', async () => {
    await agent.close();
    await system.until((list) =>
      list.some(({ Name, VmStatus }) => Name === 'givc-app-vm.service' && VmStatus === 'PoweredOff'),
    );
    expect((await cli(system, 'applications', '--vm', 'app-vm')).out).toContain(
      'app-vm  -            unknown: the agent is lost\n',
    );
  });
});
