// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Rules } from '@givc/access';
import type { UnitName } from '@givc/model';
import { FakeSystemd } from '@givc/systemd';
import { TestSystem, type TestAgent } from '@givc/testing';

const [web, secret] = ['web.service', 'secret.service'] as UnitName[];
const registering = 'resource == Module::"admin" && action == Command::"RegisterService"';
const watching = 'permit(principal == Source::"cli", action, resource);';

describe('the rules about reports', () => {
  let system: TestSystem;

  const start = async (rules: string): Promise<TestAgent> => {
    system = await TestSystem.start({ rules: `${watching} ${rules}` });
    const systemd = new FakeSystemd();
    for (const unit of [web!, secret!]) systemd.define(unit, { active: true });
    return system.startAgent('net-vm', { systemd, capabilities: { services: [web, secret] } });
  };
  const stateOf = async (vm: string) =>
    (await system.client().listMachines()).machines.find(({ name }) => name === vm)?.agent_state;
  const namesOf = async () => (await system.client().queryList()).List.map(({ Name }) => Name).sort();
  const isListed = (unit: string) => system.until((list) => list.some(({ Name }) => Name === unit));
  const isOff = (unit: string) =>
    system.until((list) => list.some(({ Name, VmStatus }) => Name === unit && VmStatus === 'PoweredOff'));
  const refusals = () => system.admin.record.lines.filter(({ answer }) => answer === 'PERMISSION_DENIED');

  afterEach(() => system.close());

  it('are those for RegisterService when no rule names reports', async () => {
    const agent = await start(`permit(principal == Source::"net-vm", action, resource) when { ${registering} };`);
    await isListed(secret!);
    expect(await stateOf('net-vm')).toBe('reporting');
    agent.systemd.crash(web!);
    await isOff(web!);
    expect(refusals()).toEqual([]);
  });

  it('are evaluated for each entry with its own fields, so that conditions apply', async () => {
    const agent = await start(
      `permit(principal, action, resource) when { ${registering} && context.Name != "${secret}" };`,
    );
    await isListed(web!);
    expect(await namesOf()).toEqual(['givc-net-vm.service', web]);
    expect(await stateOf('net-vm')).toBe('reporting');
    expect(refusals()).toEqual([
      expect.objectContaining({
        peer: 'net-vm',
        rpc: '/admin.AdminService/RegisterService',
        request: expect.objectContaining({ Name: secret }),
        reason: 'no rule permits it',
      }),
    ]);
    expect(agent.lines.filter((line) => line.includes(secret!))).toEqual([
      expect.stringContaining('permission denied by admin access control policy'),
    ]);
    agent.systemd.crash(secret!);
    agent.systemd.crash(web!);
    await isOff(web!);
    expect(await namesOf()).toEqual(['givc-net-vm.service', web]);
  });

  it('are evaluated for each update with the current fields of its entry', async () => {
    const rules = (name: string) =>
      `permit(principal, action, resource) when { ${registering} && context.Name != "${name}" };`;
    const parsed = jest.spyOn(Rules, 'parse');
    const agent = await start(rules('none'));
    const replaceable = await (parsed.mock.results[0]!.value as ReturnType<typeof Rules.parse>);
    parsed.mockRestore();
    await isListed(secret!);
    replaceable.replace(`${watching} ${rules(secret!)}`);
    agent.systemd.crash(secret!);
    expect(await system.admin.record.next('PERMISSION_DENIED')).toMatchObject({
      rpc: '/admin.AdminService/RegisterService',
      request: { Name: secret, Parent: 'givc-net-vm.service' },
    });
    agent.systemd.crash(web!);
    await isOff(web!);
    expect((await system.client().queryList()).List).toContainEqual(
      expect.objectContaining({ Name: secret, VmStatus: 'Running' }),
    );
    replaceable.replace(`${watching} ${rules('none')}`);
    await agent.systemd.startUnit(secret!);
    agent.systemd.crash(secret!);
    await isOff(secret!);
  });

  it('are final when they forbid a report: the agent registers, is polled, and logs that once', async () => {
    const agent = await start(
      `permit(principal, action, resource) when { ${registering} };
       @id("no-reports") forbid(principal, action == Command::"Report", resource);`,
    );
    await isListed(secret!);
    expect(await stateOf('net-vm')).toBe('polled');
    expect(refusals()).toEqual([expect.objectContaining({ rpc: '/report.Reports/Report', rule: 'no-reports' })]);
    expect(agent.lines.filter((line) => line.includes('reports denied'))).toEqual([
      expect.stringMatching(/^warn: reports denied by the admin, which polls this agent instead error=".*may not call/),
    ]);
  });

  it('keep a machine out of the registry when they permit neither reports nor its registration', async () => {
    const agent = await start('permit(principal == Source::"gui-vm", action, resource);');
    await system.admin.record.next('PERMISSION_DENIED');
    await system.admin.record.next('PERMISSION_DENIED');
    expect(await namesOf()).toEqual([]);
    expect(refusals().map(({ rpc }) => rpc)).toContain('/admin.AdminService/RegisterService');
    await agent.close();
  });

  it('are not evaluated for entries when they permit reports as such', async () => {
    await start('permit(principal == Source::"net-vm", action == Command::"Report", resource == Module::"report");');
    await isListed(secret!);
    expect(await stateOf('net-vm')).toBe('reporting');
    expect(refusals()).toEqual([]);
  });
});
