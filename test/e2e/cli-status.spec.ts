// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { stripVTControlCharacters } from 'node:util';
import { FakeSystemd } from '@givc/systemd';
import type { UnitName } from '@givc/model';
import { TestSystem, type TestAgent } from '@givc/testing';
import { itInProcess, type RunningCli } from '../../apps/cli/src/running-cli.fixture.js';
import { cli, startCli } from '../support/cli.js';

const web = 'web.service' as UnitName;

/** Makes stdout a terminal until the returned function is called. */
function terminal(columns: number, rows: number): () => void {
  const before = ['isTTY', 'columns', 'rows'].map(
    (key) => [key, Object.getOwnPropertyDescriptor(process.stdout, key)] as const,
  );
  const values = { isTTY: true, columns, rows };
  for (const [key, value] of Object.entries(values))
    Object.defineProperty(process.stdout, key, { value, configurable: true, writable: true });
  return () => {
    for (const [key, descriptor] of before)
      if (descriptor) Object.defineProperty(process.stdout, key, descriptor);
      else Reflect.deleteProperty(process.stdout, key);
  };
}

describe('givc-cli status', () => {
  let system: TestSystem;
  let netVm: TestAgent;
  let followed: RunningCli | undefined;
  let giveBack: (() => void) | undefined;
  const term = process.env['TERM'];

  const start = async (rules?: string) => {
    system = await TestSystem.start({ tls: false, ...(rules && { rules }) });
    const systemd = new FakeSystemd();
    systemd.define(web, { active: true, description: 'A web server' });
    netVm = await system.startAgent('net-vm', { systemd, capabilities: { services: [web] } });
    await system.until((list) => list.some(({ Name }) => Name === web));
  };

  afterEach(async () => {
    if (followed) {
      process.emit('SIGINT');
      await followed.ended;
      followed = undefined;
    }
    giveBack?.();
    giveBack = undefined;
    process.env['TERM'] = term;
    await system.close();
  });

  it('shows each machine with its agent, the time since its last message, its version, and its units', async () => {
    await start();
    const { status, out, err } = await cli(system, 'status');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(/^net-vm +SysVM +- +-$/m);
    expect(out).toMatch(
      /^├─ givc-net-vm\.service +Mgr +reporting, \d\.\d s ago +127\.0\.0\.1:\d+, version development$/m,
    );
    expect(out).toMatch(/^└─ web\.service +Svc +Running +A web server$/m);
    expect(out).not.toContain('\u001b');
  });

  it('is one JSON array on request', async () => {
    await start();
    const { out } = await cli(system, 'status', '--as-json');
    expect(JSON.parse(out)).toEqual([
      {
        name: 'net-vm',
        vm_type: 'SysVM',
        status: null,
        agent: {
          name: 'givc-net-vm.service',
          state: 'reporting',
          last_seen_ms: expect.any(Number),
          address: expect.stringContaining('127.0.0.1:'),
          version: 'development',
        },
        units: [expect.objectContaining({ name: web, status: 'Running' })],
      },
    ]);
  });

  it('shows one machine on request, now or as it was', async () => {
    await start();
    await system.startAgent('gui-vm');
    await system.untilRegistered('gui-vm');
    expect((await cli(system, 'status')).out).toContain('gui-vm');
    const { status, out } = await cli(system, 'status', '--vm', 'net-vm');
    expect(status).toBe(0);
    expect(out).toContain(web);
    expect(out).not.toContain('gui-vm');
    const machines = JSON.parse((await cli(system, 'status', '--vm', 'gui-vm', '--as-json')).out) as { name: string }[];
    expect(machines.map(({ name }) => name)).toEqual(['gui-vm']);
    expect(await cli(system, 'status', '--vm', 'printer')).toMatchObject({ status: 1, out: '' });
  });

  it('shows no ages where the admin does not report them, with one line about it', async () => {
    await start('permit(principal, action, resource) unless { context.service == "Machines" };');
    const { status, out, err } = await cli(system, 'status');
    expect({ status, err }).toEqual({
      status: 0,
      err: 'givc-cli: the ages are unknown, because the admin does not report them\n',
    });
    expect(out).toMatch(/^├─ givc-net-vm\.service +Mgr +Running +-$/m);
  });

  itInProcess('follows changes and an admin that restarts on a terminal, and ends with Ctrl-C', async () => {
    await start();
    giveBack = terminal(80, 24);
    process.env['TERM'] = 'xterm';
    followed = startCli(system, 'status', '--follow');
    await followed.wrote('out', 'Running');
    netVm.systemd.crash(web);
    await followed.wrote('out', 'PoweredOff');
    const { address } = system.admin.endpoint;
    await system.admin.close();
    await followed.wrote('out', 'its last answer, 0');
    const before = followed.out.length;
    await system.startAdmin({ listen: [address] });
    await followed.wrote('out', 'reporting', before);
    process.emit('SIGINT');
    const { status, out, err } = await followed.ended;
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out.startsWith('\u001b[?1049h')).toBe(true);
    expect(out.endsWith('\u001b[?1049l')).toBe(true);
  });

  itInProcess('redraws when the terminal changes its size, and never exceeds it', async () => {
    await start();
    giveBack = terminal(80, 24);
    process.env['TERM'] = 'xterm';
    followed = startCli(system, 'status', '--follow');
    await followed.wrote('out', 'A web server');
    Object.assign(process.stdout, { columns: 20, rows: 4 });
    process.stdout.emit('resize');
    await followed.wrote('out', '… 3 more lines');
    process.emit('SIGINT');
    const { out } = await followed.ended;
    const last = stripVTControlCharacters(out.slice(out.lastIndexOf('\u001b[H')));
    expect(last.split('\n').every((line) => line.length <= 20)).toBe(true);
  });

  it('does not follow without a terminal', async () => {
    await start();
    expect(await cli(system, 'status', '--follow')).toMatchObject({
      status: 2,
      err: expect.stringContaining('--follow needs a terminal on stdout: use "watch" instead'),
    });
  });
});
