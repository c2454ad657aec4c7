// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseUnitName } from '@givc/model';
import { resources } from '@givc/rpc';
import { FakeSystemd } from '@givc/systemd';
import { TestSystem, type TestAgent, type TestServer } from '@givc/testing';
import { cli } from '../support/cli.js';
import { startOldAgent } from '../support/old-agents.js';

const web = parseUnitName('unit', 'web.service');
const db = parseUnitName('unit', 'db.service');
const appVm = parseUnitName('unit', 'microvm@app-vm.service');
const getUsage = resources.ResourcesServiceService.getUsage;
const rules = (source: string) =>
  `permit(principal == Source::"${source}", action == Command::"GetUsage", resource == Module::"resources");`;

describe('the resources of units', () => {
  let system: TestSystem;
  let agent: TestAgent;
  afterEach(() => system.close());

  const start = async (options: Parameters<typeof TestSystem.start>[0] = {}, agentRules?: string) => {
    system = await TestSystem.start(options);
    const systemd = new FakeSystemd();
    for (const unit of [web, db]) systemd.define(unit, { active: true });
    systemd.use(web, { memoryBytes: 3 * 1024 ** 2, cpuNsec: 1_000_000_000n, activeNsec: 4_000_000_000n, tasks: 3 });
    systemd.use(db, { memoryBytes: 5 * 1024 ** 2, restarts: 2 });
    agent = await system.startAgent('net-vm', { systemd, capabilities: { services: [web, db] }, rules: agentRules });
    if (!agentRules) await system.until((list) => [web, db].every((unit) => list.some(({ Name }) => Name === unit)));
  };
  const ask = (server: TestServer, as: string, vm = '') => system.channel(server, as).unary(getUsage, { vm });
  const status = (...flags: string[]) => cli(system, 'status', '--resources', ...flags);

  it('are answered by the agent to its admin alone when it has no rules, and others are recorded', async () => {
    await start();
    expect((await ask(agent, 'admin-vm')).machines).toMatchObject([
      { vm: 'net-vm', state: 'answered', units: [{ unit: web }, { unit: db }] },
    ]);
    for (const caller of ['gui-vm', 'cli', 'net-vm'])
      await expect(ask(agent, caller)).rejects.toMatchObject({
        reason: 'PERMISSION_DENIED',
        message: `${caller} may not read the resources of this machine: only admin-vm may`,
      });
    const recorded = agent.record.lines.filter(({ rpc }) => rpc === getUsage.path);
    expect(recorded.map(({ peer, answer }) => `${peer} ${answer}`)).toEqual(
      ['gui-vm', 'cli', 'net-vm'].map((caller) => `${caller} PERMISSION_DENIED`),
    );
  });

  it('are for whom the rules of the agent permit them', async () => {
    await start({}, rules('gui-vm'));
    expect((await ask(agent, 'gui-vm')).machines).toHaveLength(1);
    await expect(ask(agent, 'admin-vm')).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
  });

  it('are for whom the rules of the admin permit them', async () => {
    await start({
      rules: `${rules('gui-vm')} permit (principal, action, resource) unless { resource == Module::"resources" };`,
    });
    const { machines } = await ask(system.admin, 'gui-vm', 'net-vm');
    expect(machines).toEqual([
      {
        ...{ vm: 'net-vm', state: 'answered', error: '' },
        units: [
          {
            ...{ unit: web, service_type: 'Svc', vm_status: 'Running' },
            usage: { cpu_us: 1_000_000, active_us: 4_000_000, memory_bytes: 3_145_728, tasks: 3 },
          },
          {
            ...{ unit: db, service_type: 'Svc', vm_status: 'Running' },
            usage: { cpu_us: 0, active_us: 0, memory_bytes: 5_242_880, tasks: 1, restarts: 2 },
          },
        ],
      },
    ]);
    await expect(ask(system.admin, 'cli')).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
  });

  it('say that an agent denies them to the admin by its rules', async () => {
    await start({ tls: true }, 'permit (principal, action, resource) unless { resource == Module::"resources" };');
    await system.untilRegistered('net-vm');
    expect((await ask(system.admin, 'cli')).machines).toMatchObject([{ vm: 'net-vm', state: 'failed' }]);
  });

  it('are a table of all machines, which says what is unknown and what is off', async () => {
    await start({ tls: false });
    const host = new FakeSystemd();
    host.define(appVm);
    await system.startAgent('host', { type: 0, systemd: host, capabilities: { vmServices: { appVms: [appVm] } } });
    const old = new FakeSystemd();
    old.define(web, { active: true });
    await startOldAgent(system, 'old-vm', { systemd: old, capabilities: { services: [web] } });
    await system.until(
      (list) =>
        list.some(({ Name }) => Name === appVm) &&
        list.some(({ Name, VmName, VmStatus }) => Name === web && VmName === 'old-vm' && VmStatus === 'Running'),
    );
    const { out, err, status: exit } = await status();
    expect(exit).toBe(0);
    expect(err).toMatch(/^givc-cli: the agent of old-vm \([^)]*\) does not offer this; a newer agent does\n$/);
    expect(out).toBe(
      [
        'VM      UNIT         STATUS   CPU      MEMORY   TASKS    RESTARTS',
        'net-vm  db.service   Running  0.0 %    5.0 MiB  1        2',
        'net-vm  web.service  Running  0.0 %    3.0 MiB  3        -',
        'old-vm  web.service  Running  unknown  unknown  unknown  unknown',
        'app-vm  -            off      -        -        -        -',
        '',
      ].join('\n'),
    );
    expect((await status('--vm', 'net-vm', '--sort', 'tasks')).out.split('\n')[1]).toContain(web);
  });

  it('are the share of the CPU between two readings', async () => {
    await start({ tls: false });
    let readings = 0;
    const read = agent.systemd.resourceUsage.bind(agent.systemd);
    jest.spyOn(agent.systemd, 'resourceUsage').mockImplementation(async (unit) => {
      const before = await read(unit);
      if (unit !== web) return before;
      readings++;
      const seconds = BigInt(readings);
      return { ...before, cpuNsec: 750_000_000n * seconds, activeNsec: 1_000_000_000n * (seconds + 9n) };
    });
    const { out } = await status('--as-json', '--sort', 'cpu');
    const rows = JSON.parse(out) as { unit: string; cpu_percent: number }[];
    expect(rows.map(({ unit, cpu_percent: cpu }) => [unit, cpu])).toEqual([
      [web, 75],
      [db, 0],
    ]);
    expect(readings).toBe(2);
  });

  it('are of units that run now, also when one has ended between the readings', async () => {
    await start({ tls: false });
    agent.systemd.crash(db);
    await system.until((list) => list.some(({ Name, VmStatus }) => Name === db && VmStatus === 'PoweredOff'));
    expect((await status()).out).not.toContain(db);
  });

  it('cannot be combined with flags of the tree, and a wrong column is named', async () => {
    await start({ tls: false });
    const errorOf = async (...flags: string[]) => {
      const { status: exit, err } = await cli(system, 'status', ...flags);
      expect(exit).toBe(2);
      return err;
    };
    expect(await errorOf('--resources', '--follow')).toContain('--resources and --follow exclude each other');
    expect(await errorOf('--resources', '--at', 'yesterday')).toContain('--resources and --at exclude each other');
    expect(await errorOf('--sort', 'cpu')).toContain('--sort needs --resources');
    expect(await errorOf('--resources', '--sort', 'name')).toContain(
      'invalid column "name": expected memory, cpu, tasks, restarts',
    );
  });

  it('are not of an unknown VM', async () => {
    await start({ tls: false });
    const { status: exit, err } = await status('--vm', 'ne-vm');
    expect(exit).toBe(1);
    expect(err).toContain('VM "ne-vm" is unknown: did you mean "net-vm"?');
  });
});
