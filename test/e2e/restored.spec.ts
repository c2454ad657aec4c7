// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UnitName } from '@givc/model';
import { health, report } from '@givc/rpc';
import { FakeSystemd } from '@givc/systemd';
import { TestSystem } from '@givc/testing';
import { agentImplementations, startOldAgent, type AnyAgent } from '../support/old-agents.js';

const web = 'web.service' as UnitName;

describe.each(agentImplementations)('an admin that restarts, with %s,', (_title, startAgent) => {
  let folder: string;
  let system: TestSystem;
  let agent: AnyAgent;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-'));
    system = await TestSystem.start({ stateDirectory: folder });
    const systemd = new FakeSystemd();
    systemd.define(web, { active: true });
    agent = await startAgent(system, 'net-vm', {
      systemd,
      capabilities: { services: [web], applications: [{ name: 'clock', command: '/bin/clock' }] },
    });
    await system.until((list) => list.some(({ Name }) => Name === web));
    await system.client().startApplication({ AppName: 'clock', VmName: 'net-vm', Args: [] });
  });
  afterEach(async () => {
    await system.close();
    rmSync(folder, { recursive: true });
  });

  const restart = async (): Promise<void> => {
    const { address } = system.admin.endpoint;
    await system.admin.close();
    await system.startAdmin({ stateDirectory: folder, listen: [address] });
  };
  const list = async () => (await system.client().queryList()).List.map(({ Name, VmStatus }) => [Name, VmStatus]);
  const file = () => join(folder, 'registry.json');

  it('answers at once with its old entries, and is up to date as soon as its agents have reported', async () => {
    const before = await list();
    const { address } = agent.endpoint;
    await agent.close();
    // A call to the agent is not rejected at this point, but it is not answered either.
    const sockets: Socket[] = [];
    const hung = createServer((socket) => void sockets.push(socket)).listen(
      address.protocol === 'tcp' ? address.port : 0,
      '127.0.0.1',
    );
    await once(hung, 'listening');
    await restart();
    expect(await list()).toEqual(before);
    expect(system.admin.lines).toContain('info: registry restored, not yet confirmed entries=3');
    const check = () => system.channel(system.admin).unary(health.HealthService.check, { service: 'givc.registry' });
    expect(await check()).toEqual({ status: health.HealthCheckResponse_ServingStatus.NOT_SERVING });
    await system.until((items) => items.some((item) => item.Name.startsWith('givc') && item.VmStatus === 'PoweredOff'));
    expect(await check()).toEqual({ status: health.HealthCheckResponse_ServingStatus.SERVING });
    const machines = await system.channel(system.admin).unary(report.MachinesService.listMachines, {});
    expect(machines.machines).toMatchObject([{ name: 'net-vm', agent_state: 'lost' }]);
    await system.admin.close();
    hung.close();
    for (const socket of sockets) socket.destroy();
  });

  it('goes on numbering the instances of running applications', async () => {
    await restart();
    await system.untilRegistered('net-vm');
    const { registryId } = await system.client().startApplication({ AppName: 'clock', VmName: 'net-vm', Args: [] });
    expect(registryId).toBe('clock@1.service');
  });

  it('notices units that have ended while it was not running', async () => {
    const { address } = system.admin.endpoint;
    await system.admin.close();
    agent.systemd.crash('clock@0.service' as UnitName);
    agent.systemd.crash(web);
    await system.startAdmin({ stateDirectory: folder, listen: [address] });
    await system.until(
      (items) => items.length === 2 && items.some(({ Name, VmStatus }) => Name === web && VmStatus === 'PoweredOff'),
    );
    expect(await list()).toEqual([
      ['givc-net-vm.service', 'Running'],
      ['web.service', 'PoweredOff'],
    ]);
  });

  it('renames a damaged file and logs that', async () => {
    await agent.close();
    await system.admin.close();
    writeFileSync(file(), readFileSync(file(), 'utf8').slice(0, -20));
    await restart();
    expect(await list()).toEqual([]);
    expect(system.admin.lines.join('\n')).toMatch(/set aside aside=.*registry\.json\.damaged/);
    expect(readdirSync(folder)).toContain('registry.json.damaged');
  });

  it('ignores a file of another version', async () => {
    await agent.close();
    await system.admin.close();
    writeFileSync(file(), JSON.stringify({ version: 2, entries: [] }));
    await restart();
    expect(system.admin.lines.join('\n')).toContain('version');
  });

  it('continues without its state directory, and logs that once', async () => {
    await system.admin.close();
    rmSync(folder, { recursive: true });
    await restart();
    // An agent that does not report has registered with the previous admin, and sends nothing more.
    if (startAgent !== startOldAgent) await system.untilRegistered('net-vm');
    await system.admin.close();
    expect(system.admin.lines.filter((line) => line.includes('cannot be stored'))).toHaveLength(1);
    expect(existsSync(folder)).toBe(false);
    folder = mkdtempSync(join(tmpdir(), 'givc-'));
  });
});
