// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { FakeSystemd } from '@givc/systemd';
import { TestSystem } from '@givc/testing';
import { agentOf, entryOf } from '../support/report-messages.js';
import { machinesOf, startWebAgent, untilUnitIs, web } from '../support/web-agent.js';

describe('reports of agents that a rule denies', () => {
  let system: TestSystem;

  afterEach(() => system.close());

  const start = async (options: Parameters<typeof TestSystem.start>[0]) => {
    system = await TestSystem.start(options);
  };
  const startWeb = () => startWebAgent(system);
  const webIs = (VmStatus: string) => untilUnitIs(system, web, VmStatus);
  const machines = () => machinesOf(system);
  /** A denial of reports is final: the agent registers by RegisterService. */
  const rules =
    'permit(principal, action, resource); forbid(principal, action, resource) when { context.service == "Reports" };';

  it('are replaced by polling: the units are listed, and the agent as polled', async () => {
    await start({ rules });
    const systemd = new FakeSystemd();
    systemd.define(web, { active: true });
    await system.startAgent('net-vm', { systemd, capabilities: { services: [web] } });
    await webIs('Running');
    expect((await machines())[0]).toMatchObject({ agent_state: 'polled', last_seen_ms: undefined });
  });

  it('are replaced by polling: each change of a unit is listed, including its unloading by systemd', async () => {
    await start({ rules });
    // This agent cannot reach an admin. The test registers it once, as agents that do not report do.
    const systemd = new FakeSystemd();
    systemd.define(web, { active: true });
    const { address } = system.admin.endpoint;
    const elsewhere = address.protocol === 'tcp' ? address.port + 1 : 0;
    const agent = await system.startAgent('net-vm', {
      systemd,
      adminPort: elsewhere,
      capabilities: { services: [web] },
    });
    const own = agent.endpoint.address as { port: number };
    const transport = { ...agentOf('net-vm').Transport!, Port: String(own.port) };
    const netVm = system.client('net-vm');
    await netVm.registerService({ ...agentOf('net-vm'), Transport: transport });
    await netVm.registerService(entryOf(web, 'net-vm').registration!);
    await webIs('Running');
    systemd.crash(web);
    await webIs('PoweredOff');
    await systemd.startUnit(web);
    await webIs('Running');
    systemd.unload(web);
    await webIs('PoweredOff');
    expect(await machines()).toMatchObject([{ name: 'net-vm', agent_state: 'polled' }]);
  });

  it('are not needed to notice that an agent is lost, or that it is back', async () => {
    await start({ rules });
    const agent = await startWeb();
    await webIs('Running');
    const { address } = agent.endpoint;
    await agent.close();
    await system.until((list) => list.some((item) => item.Name.startsWith('givc') && item.VmStatus === 'PoweredOff'));
    expect(await machines()).toMatchObject([{ agent_state: 'lost' }]);
    await system.startAgent('net-vm', {
      systemd: agent.systemd,
      port: address.protocol === 'tcp' ? address.port : 0,
      capabilities: { services: [web] },
    });
    await system.untilRegistered('net-vm');
    expect(await machines()).toMatchObject([{ agent_state: 'polled' }]);
  });
});
