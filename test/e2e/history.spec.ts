// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UnitName } from '@givc/model';
import { admin, type history } from '@givc/rpc';
import { TestSystem, type TestAgent } from '@givc/testing';
import { cli, startCli } from '../support/cli.js';

const web = 'web.service' as UnitName;

/** The example of docs/json-output.md. */
const documented = (command: string): unknown =>
  JSON.parse(
    readFileSync('docs/json-output.md', 'utf8')
      .split(`\n## givc-cli ${command}\n`)[1]!
      .split('```json\n')[1]!
      .split('```')[0]!,
  );

interface Listed {
  readonly event: string;
  readonly vm: string | null;
  readonly unit: string | null;
  readonly time: string;
  readonly state: { readonly active: string } | null;
  readonly before: { readonly active: string } | null;
  readonly caller: string | null;
  readonly trace_id: string | null;
}

describe('the history', () => {
  let folder: string;
  let system: TestSystem;
  let agent: TestAgent;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-history-e2e-'));
    system = await TestSystem.start({ tls: false, stateDirectory: folder });
    agent = await startAgent();
  });
  afterEach(async () => {
    await system.close();
    rmSync(folder, { recursive: true });
  });

  async function startAgent(): Promise<TestAgent> {
    const started = await system.startAgent('net-vm', { capabilities: { services: [web] } });
    started.systemd.define(web, { description: 'A web server' });
    await system.untilRegistered('net-vm');
    return started;
  }

  async function eventsOf(...args: string[]): Promise<Listed[]> {
    const { status, out, err } = await cli(system, 'history', '--as-json', ...args);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    return out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Listed);
  }

  const crashes = async (): Promise<void> => {
    agent.systemd.crash(web);
    await system.until((list) => list.some(({ Name, VmStatus }) => Name === web && VmStatus === 'PoweredOff'));
  };

  it('has the trace of commands, by which they are found', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const start = (metadata = {}) =>
      system
        .channel(system.admin)
        .unary(admin.AdminServiceService.startService, { ServiceName: web, VmName: 'net-vm' }, { metadata });
    await start();
    await start({ traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
    await start({ traceparent: `00-${traceId.replace('4', '5')}-00f067aa0ba902b7-01` });
    const found = await eventsOf('--trace', traceId);
    expect(found).toEqual([expect.objectContaining({ event: 'command', unit: web, trace_id: traceId })]);
    const commands = (await eventsOf()).filter(({ event }) => event === 'command');
    expect(commands.map(({ trace_id }) => trace_id)).toEqual([null, traceId, traceId.replace('4', '5')]);
    expect(await cli(system, 'history', '--trace', 'x')).toMatchObject({
      status: 2,
      err: expect.stringContaining('--trace: invalid trace id "x": expected 32 hexadecimal digits'),
    });
  });

  it('has registrations, commands with their callers, and states with those before', async () => {
    await system.client().startService({ ServiceName: web, VmName: 'net-vm' });
    await crashes();
    const { out } = await cli(system, 'history', '--unit', web);
    const lines = out.split('\n').map((line) => line.slice('2026-11-26 10:30:12.345 '.length));
    expect(lines).toEqual([
      'net-vm web.service: registered, inactive (not-found)',
      expect.stringMatching(/^net-vm web\.service: active \(running\), was inactive/),
      expect.stringMatching(/^net-vm web\.service: StartService by 127\.0\.0\.1: OK after /),
      'net-vm web.service: failed (failed): exit-code, status 1, was active (running)',
      '',
    ]);
  });

  it('shows an agent that is lost and back, and what was before a restart of the admin', async () => {
    await system.client().startService({ ServiceName: web, VmName: 'net-vm' });
    await agent.close();
    await system.until((list) =>
      list.some(({ Name, VmStatus }) => Name === 'givc-net-vm.service' && VmStatus === 'PoweredOff'),
    );
    await system.admin.close();
    await system.startAdmin({ stateDirectory: folder });
    await startAgent();
    const events = await eventsOf('--vm', 'net-vm');
    expect(events.map(({ event, unit }) => [event, unit])).toEqual(
      expect.arrayContaining([
        ['registered', 'givc-net-vm.service'],
        ['command', web],
        ['lost', 'givc-net-vm.service'],
        ['registered', web],
      ]),
    );
    const all = await eventsOf();
    expect(all.filter(({ event }) => event === 'admin-started')).toHaveLength(2);
    const numbers = all.map((event) => (event as unknown as { number: number }).number);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });

  it('limits what is printed by machine, unit, time and number', async () => {
    await system.client().startService({ ServiceName: web, VmName: 'net-vm' });
    await crashes();
    const ofUnit = await eventsOf('--unit', web);
    expect(new Set(ofUnit.map(({ unit }) => unit))).toEqual(new Set([web]));
    expect(await eventsOf('--unit', web, '-n', '2')).toEqual(ofUnit.slice(-2));
    expect(await eventsOf('--unit', web, '--since', ofUnit[1]!.time)).toEqual(
      ofUnit.filter(({ time }) => time >= ofUnit[1]!.time),
    );
    expect(await eventsOf('--unit', web, '--until', ofUnit[0]!.time)).toEqual(
      ofUnit.filter(({ time }) => time <= ofUnit[0]!.time),
    );
    expect(await cli(system, 'history', '--vm', 'gui-vm')).toMatchObject({ status: 1, out: '' });
  });

  it('goes on with new events, each once, until the caller leaves', async () => {
    const following = startCli(system, 'history', '--follow', '--unit', web);
    await following.wrote('out', 'registered');
    await system.client().startService({ ServiceName: web, VmName: 'net-vm' });
    await following.wrote('out', 'StartService');
    expect(following.out.match(/StartService/g)).toHaveLength(1);
    expect(following.out.match(/active \(running\), was/g)).toHaveLength(1);
    await system.admin.close();
    expect((await following.ended).status).toBe(1);
  });

  it('shows the machines as they were at a time', async () => {
    await system.client().startService({ ServiceName: web, VmName: 'net-vm' });
    const before = (await system.client().queryList()).List;
    const running = (await eventsOf('--unit', web)).at(-1)!.time;
    await new Promise<void>((resolve) => {
      const wait = () => (Date.now() > Date.parse(running) ? resolve() : setImmediate(wait));
      wait();
    });
    await crashes();
    const then = await system.client().getRegistryAt({ time_ms: Date.parse(running) });
    expect(then.items).toEqual(before);
    expect(then.machines).toMatchObject([{ name: 'net-vm', agent_state: 'reporting' }]);
    const shown = async (...args: string[]) => (await cli(system, 'status', ...args)).out;
    expect(await shown('--at', running)).toMatch(/web\.service +Svc +Running/);
    expect(await shown()).toMatch(/web\.service +Svc +PoweredOff/);
  });

  it('has the fields that the documentation shows', async () => {
    await system.client().startService({ ServiceName: web, VmName: 'net-vm' });
    await crashes();
    const last = (await eventsOf('--unit', web)).at(-1)!;
    const example = documented('history --as-json') as Listed;
    expect(Object.keys(last)).toEqual(Object.keys(example));
    expect(Object.keys(last.state!)).toEqual(Object.keys(example.state!));
  });

  it.each([
    [['history', '--since', 'soon'], 2, '--since: invalid time "soon": expected "10min"'],
    [['history', '--lines', '0'], 2, '--lines: invalid number "0": expected a whole number from 1 to'],
    [['status', '--at', '2020-01-01T00:00:00Z'], 1, 'after 2020-01-01T00:00:00Z: name a later time'],
    [['status', '--at', 'now', '--follow'], 2, '--follow and --at exclude each other'],
  ])('answers %j with status %i and one line', async (args, status, problem) => {
    const run = await cli(system, ...args);
    expect(run).toMatchObject({ status, out: '' });
    expect(run.err).toContain(problem);
    expect(run.err.trimEnd()).not.toContain('\n');
  });
});

describe('an admin without a state directory', () => {
  it('says that it keeps no history, and how to turn it on', async () => {
    const system = await TestSystem.start({ tls: false });
    try {
      for (const command of [['history'], ['status', '--at', 'now']])
        expect(await cli(system, ...command)).toEqual({
          status: 1,
          out: '',
          err: 'givc-cli: the admin keeps no history: it needs --state-directory (STATE_DIRECTORY), and --history-size (GIVC_HISTORY_SIZE) above 0\n',
        });
    } finally {
      await system.close();
    }
  });
});

describe('the history of a flooded admin', () => {
  it('keeps the events of other machines, and few of the flooding one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'givc-history-flood-'));
    const system = await TestSystem.start({ tls: false, stateDirectory: folder, historyBytes: 200_000 });
    try {
      const quiet = await system.startAgent('net-vm', { capabilities: { services: [web] } });
      quiet.systemd.define(web);
      await system.untilRegistered('net-vm');
      await system.client().startService({ ServiceName: web, VmName: 'net-vm' });
      const bad = await system.startAgent('bad-vm', { capabilities: { services: [web] } });
      bad.systemd.define(web, { active: true });
      await system.untilRegistered('bad-vm');
      const client = system.client();
      const status = await client.getUnitStatus({ VmName: 'bad-vm', UnitName: web });
      const transport = { Protocol: 'tcp', Address: '127.0.0.1', Port: '9', Name: 'bad-vm' };
      const unit = { Name: web, Type: 9, Parent: 'givc-bad-vm.service', Transport: transport };
      for (let at = 0; at < 2_000; at++)
        await client.registerService({ ...unit, State: { ...status, SubState: at % 2 === 0 ? 'running' : 'reload' } });
      const kept: history.HistoryEvent[] = [];
      const request = { unit: '', trace_id: '', since_ms: undefined, until_ms: undefined, last: 0, follow: false };
      for await (const { events } of system.client().queryHistory({ ...request, vm: '' })) kept.push(...events);
      expect(kept.some(({ vm, kind }) => vm === 'net-vm' && kind?.$case === 'command')).toBe(true);
      expect(kept.filter(({ vm }) => vm === 'bad-vm').length).toBeLessThanOrEqual(600);
    } finally {
      await system.close();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a VM that stops', () => {
  const unit = 'microvm@chrome-vm.service' as UnitName;
  const instance = 'clock@0.service';

  it.each([
    ['on a command', 'removed, inactive (dead), as requested', (host: TestAgent) => host.systemd.stopUnit(unit)],
    ['by a crash', 'removed, inactive (dead)', (host: TestAgent) => host.systemd.crash(unit)],
  ])('ends its applications in the same way: %s', async (_, ending, stop) => {
    const folder = mkdtempSync(join(tmpdir(), 'givc-history-stop-'));
    const system = await TestSystem.start({ tls: false, stateDirectory: folder });
    try {
      const host = await system.startAgent('host', { type: 0, capabilities: { vmServices: { appVms: [unit] } } });
      host.systemd.define(unit);
      await system.untilRegistered('host');
      await host.systemd.startUnit(unit);
      const applications = [{ name: 'clock', command: '/bin/true' }];
      await system.startAgent('chrome-vm', { capabilities: { applications } });
      await system.untilRegistered('chrome-vm');
      await system.client().startApplication({ AppName: 'clock', VmName: 'chrome-vm', Args: [] });
      const following = startCli(system, 'history', '--follow', '--vm', 'chrome-vm');
      await following.wrote('out', `${instance}: registered`);
      stop(host);
      await following.wrote('out', `${instance}: removed`);
      const [line = ''] = following.out.split('\n').filter((one) => one.includes(`${instance}: removed`));
      expect(line.slice(line.indexOf('removed'))).toBe(ending);
      await system.admin.close();
      await following.ended;
    } finally {
      await system.close();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a VM that crashes', () => {
  it('is in the history with its restart and its backoff', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'givc-history-restart-'));
    const netVm = 'microvm@net-vm.service' as UnitName;
    const system = await TestSystem.start({ tls: false, stateDirectory: folder, services: [netVm] });
    try {
      const capabilities = { vmServices: { systemVms: [netVm] } };
      const host = await system.startAgent('host', { type: 0, capabilities });
      host.systemd.define(netVm, { active: true });
      await system.untilRegistered('host');
      await host.systemd.startUnit(netVm);
      await system.until((list) => list.some(({ Name, VmStatus }) => Name === netVm && VmStatus === 'Running'));
      const following = startCli(system, 'history', '--follow', '--vm', 'net-vm');
      await following.wrote('out', 'active (running)');
      host.systemd.crash(netVm);
      await following.wrote('out', `net-vm ${netVm}: crashed, started again at once\n`);
      await system.admin.close();
      await following.ended;
    } finally {
      await system.close();
      rmSync(folder, { recursive: true });
    }
  });
});
