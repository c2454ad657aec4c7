// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { FakeSystemd } from '@givc/systemd';
import type { UnitName } from '@givc/model';
import { systemd as messages } from '@givc/rpc';
import { TestSystem, type TestAgent } from '@givc/testing';

const web = 'web.service' as UnitName;

describe('an agent whose systemd is away when it starts', () => {
  it('registers as soon as systemd is back', async () => {
    const system = await TestSystem.start();
    const systemd = new FakeSystemd();
    systemd.define('web.service', { active: true });
    systemd.goAway();
    const agent = await system.startAgent('net-vm', { systemd, capabilities: { services: ['web.service'] } });
    systemd.comeBack();
    await system.until((list) => list.some(({ Name, VmStatus }) => Name === 'web.service' && VmStatus === 'Running'));
    expect(agent.lines.filter((line) => line.includes('cannot register'))).toHaveLength(1);
    await system.close();
  });
});

describe('units', () => {
  let system: TestSystem;
  let vm: TestAgent;

  beforeAll(async () => {
    system = await TestSystem.start();
    const systemd = new FakeSystemd();
    systemd.define(web, { active: true });
    vm = await system.startAgent('net-vm', { systemd, capabilities: { services: [web, 'gone.service'] } });
    await system.untilRegistered('net-vm');
  });
  afterAll(() => system.close());

  it('are stopped and started, and each call is answered when its job is done', async () => {
    const client = system.client();
    expect(await client.stopService({ ServiceName: web, VmName: 'net-vm' })).toEqual({
      CmdStatus: 'Command successful.',
      AppStatus: 'Command successful.',
    });
    expect(await client.getUnitStatus({ VmName: 'net-vm', UnitName: web })).toMatchObject({
      Name: web,
      ActiveState: 'inactive',
      SubState: 'dead',
    });
    expect(await client.startService({ ServiceName: web, VmName: '' })).toEqual({ registryId: 'givc-net-vm.service' });
    expect(await client.getUnitStatus({ VmName: 'net-vm', UnitName: web })).toMatchObject({ ActiveState: 'active' });
  });

  it('fail with the result of systemd when their job fails', async () => {
    vm.systemd.crash(web);
    vm.systemd.failNextStart(web, 'timeout');
    await expect(system.client().startService({ ServiceName: web, VmName: 'net-vm' })).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringMatching(/net-vm.*web\.service.*timeout/),
    });
  });

  it.each([
    ['a unit that is not on the allowlist', 'sshd.service', 'net-vm', 'PERMISSION_DENIED', 'allowlist'],
    ['a unit that systemd does not know', 'gone.service', 'net-vm', 'NOT_FOUND', 'gone.service'],
    ['an unknown VM', web, 'no-vm', 'NOT_FOUND', 'no-vm'],
    ['a name without a unit type', 'web', 'net-vm', 'INVALID_ARGUMENT', 'ServiceName'],
    ['a name with a path', '../web.service', 'net-vm', 'INVALID_ARGUMENT', 'ServiceName'],
    ['a name with a NUL', 'web\0.service', 'net-vm', 'INVALID_ARGUMENT', 'ServiceName'],
    ['a template', 'web@.service', 'net-vm', 'INVALID_ARGUMENT', 'ServiceName'],
    ['a VM name with a newline', web, 'net\n-vm', 'INVALID_ARGUMENT', 'VmName'],
    ['a unit without a VM', 'nowhere.service', '', 'NOT_FOUND', 'nowhere.service'],
  ])('reject %s', async (_, ServiceName, VmName, reason, named) => {
    await expect(system.client().startService({ ServiceName, VmName })).rejects.toMatchObject({
      reason,
      message: expect.stringContaining(named),
    });
  });

  it('stream their resource usage until the caller hangs up, which does not affect the agent', async () => {
    vm.systemd.define(web, { active: true });
    vm.systemd.use(web, { memoryBytes: 50_000_000, cpuNsec: 0n });
    const channel = system.channel(vm);
    const monitor = messages.UnitControlServiceService.monitorUnit;
    for await (const usage of channel.serverStream(monitor, { UnitName: web })) {
      expect(usage.memory_usage).toBeGreaterThan(0);
      break;
    }
    await expect(channel.serverStream(monitor, { UnitName: 'sshd.service' }).next()).rejects.toMatchObject({
      reason: 'PERMISSION_DENIED',
    });
    expect(await system.client().getUnitStatus({ VmName: 'net-vm', UnitName: web })).toMatchObject({ Name: web });
  });

  it('fail with an error that names systemd when it has left the bus', async () => {
    vm.systemd.goAway();
    await expect(system.client().getUnitStatus({ VmName: 'net-vm', UnitName: web })).rejects.toMatchObject({
      reason: 'UNAVAILABLE',
    });
    vm.systemd.comeBack();
  });
});
