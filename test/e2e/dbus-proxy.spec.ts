// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UnitName } from '@givc/model';
import { FakeSystemd } from '@givc/systemd';
import { TestSystem, type TestAgent } from '@givc/testing';
import { TestBus } from '../support/test-bus.js';

const unit = 'dbus-proxy-network.service' as UnitName;
const VmName = 'net-vm';

describe('the D-Bus proxies of an agent', () => {
  const path = process.env['PATH'];
  let folder = '';
  let system: TestSystem;
  let systemd: FakeSystemd;

  const proxy = (more: object = {}) => ({
    name: 'network',
    bus: 'system',
    socket: join(folder, 'network'),
    filter: { talk: ['org.freedesktop.NetworkManager'] },
    ...more,
  });
  const start = (...proxies: object[]): Promise<TestAgent> =>
    system.startAgent('net-vm', { systemd, capabilities: { dbusProxy: { enable: true, proxies } } });
  const listed = (VmStatus: string) =>
    system.until((list) => list.some((row) => row.Name === unit && row.VmStatus === VmStatus && row.VmName === VmName));
  const gone = () =>
    system.until((list) => list.some((row) => row.Name === 'givc-net-vm.service' && row.VmStatus !== 'Running'));
  /** Collects each state of the unit from now on. */
  const states = async (of = unit): Promise<string[]> => {
    const seen: string[] = [];
    await systemd.watchUnit(of, ({ SubState }) => void seen.push(SubState));
    return seen;
  };
  const install = (name: string): void => {
    writeFileSync(join(folder, name), '#!/bin/sh\n');
    chmodSync(join(folder, name), 0o755);
  };
  /** Resolves with the first log line that contains this text. */
  const line = async (agent: TestAgent, text: string): Promise<string> => {
    for (;;) {
      const [found] = logged(agent, text);
      if (found !== undefined) return found;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const logged = (agent: TestAgent, text: string): readonly string[] =>
    agent.lines.filter((line) => line.includes(text));

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dbus-proxy-'));
    process.env['PATH'] = folder;
    install('xdg-dbus-proxy');
    systemd = new FakeSystemd();
    system = await TestSystem.start();
  });
  afterEach(async () => {
    process.env['PATH'] = path;
    await system.close();
    rmSync(folder, { recursive: true });
  });

  it('run, and are in the registry like the units of the machine', async () => {
    await start(proxy());
    await listed('Running');
    const status = await system.client().getUnitStatus({ VmName, UnitName: unit });
    expect(status).toMatchObject({ ActiveState: 'active', Description: 'D-Bus proxy "network"' });
    const seen = await states();
    systemd.crash(unit);
    expect(seen).toEqual(['failed', 'auto-restart', 'dead', 'start', 'running']);
    await listed('Running');
  });

  it('continue while the agent restarts, unless their configuration has changed', async () => {
    const first = await start(proxy());
    await listed('Running');
    const seen = await states();
    await first.close();
    await gone();
    const second = await start(proxy());
    await system.untilRegistered(VmName);
    await second.close();
    await gone();
    expect(seen).toEqual([]);
    await start(proxy({ filter: { talk: ['org.freedesktop.ModemManager1'] } }));
    await listed('Running');
    expect(seen).toEqual(['stop-sigterm', 'dead', 'start', 'running']);
  });

  it('end when they are removed from the configuration', async () => {
    const first = await start(proxy());
    await listed('Running');
    await first.close();
    const seen = await states();
    const agent = await system.startAgent('net-vm', { systemd });
    await system.untilRegistered('net-vm');
    expect(seen).toEqual(['stop-sigterm', 'dead']);
    expect(logged(agent, 'stopped a D-Bus proxy that is not configured any more or has changed')).toHaveLength(1);
  });

  it('are started again by a restart of their unit', async () => {
    await start(proxy());
    await listed('Running');
    const client = system.client();
    await client.stopService({ ServiceName: unit, VmName });
    await listed('PoweredOff');
    expect(await client.startService({ ServiceName: unit, VmName })).toEqual({ registryId: 'givc-net-vm.service' });
    await listed('Running');
    await client.startService({ ServiceName: unit, VmName });
  });

  it('cost one line each without their program, and start on request once it is installed', async () => {
    rmSync(join(folder, 'xdg-dbus-proxy'));
    const agent = await start(proxy());
    await listed('PoweredOff');
    const missing = 'this machine has no xdg-dbus-proxy: install the package xdg-dbus-proxy';
    expect(logged(agent, missing)).toEqual([expect.stringMatching(/^error: a D-Bus proxy cannot run proxy=network /)]);
    const asked = system.client().startService({ ServiceName: unit, VmName });
    await expect(asked).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringContaining(missing),
    });
    install('xdg-dbus-proxy');
    await system.client().startService({ ServiceName: unit, VmName });
    await listed('Running');
  });

  it('cost one line each when they cannot run, and the others run', async () => {
    const taken = join(folder, 'taken');
    const server: Server = createServer((connection) => connection.destroy());
    await new Promise<void>((resolve) => server.listen(taken, resolve));
    const agent = await start(proxy({ name: 'other', socket: taken }), proxy());
    await listed('Running');
    expect(logged(agent, `another process listens on ${taken}`)).toHaveLength(1);
    server.close();
  });

  it('are given up with one line when they fail repeatedly', async () => {
    const agent = await start(proxy());
    await listed('Running');
    systemd.giveUp(unit);
    await listed('PoweredOff');
    expect(logged(agent, 'a D-Bus proxy ended too often; systemd does not restart it')).toHaveLength(1);
  });

  it('wait for systemd', async () => {
    systemd.goAway();
    const agent = await start(proxy());
    systemd.comeBack();
    await listed('Running');
    expect(logged(agent, 'D-Bus prox')).toEqual([]);
  });

  it('pass on that the bus rejects a client of another user, and both agents log the setting that would permit it', async () => {
    const bus = new TestBus();
    process.env['PATH'] = `${folder}:${path}`;
    await bus.start();
    const socket = join(bus.folder, 'bus');
    const peer = (name: string, port: string) => ({ name, addr: '127.0.0.1', port, protocol: 'tcp' });
    const server = await start(proxy({ socket, transport: peer('gui-vm', '0') }));
    const [, port = ''] = / address=127\.0\.0\.1:(\d+) /.exec(await line(server, 'socket proxy serves'))!;
    const clients = [{ name: 'network', socket: join(folder, 'client'), transport: peer('net-vm', port) }];
    const client = await system.startAgent('gui-vm', { capabilities: { dbusProxy: { enable: true, clients } } });
    await line(client, 'socket proxy listens');
    const dial = async (uid: number): Promise<string> => {
      const connection = connect(join(folder, 'client'));
      connection.write(`\0AUTH EXTERNAL ${Buffer.from(String(uid)).toString('hex')}\r\n`);
      const [answer] = (await once(connection, 'data')) as [Buffer];
      connection.destroy();
      return answer.toString();
    };
    expect(await dial(process.getuid!())).toMatch(/^OK /);
    for (let n = 0; n < 3; n++) expect(await dial(5150)).toMatch(/^REJECTED EXTERNAL/);
    const setting = 'capabilities.dbusProxy.proxies[network].user';
    const rejection = 'warn: the bus rejects D-Bus clients of this user uid=5150';
    expect(logged(server, 'rejects')).toEqual([`${rejection} socket=${socket} peer=gui-vm setting=${setting}`]);
    expect(logged(client, 'rejects')).toEqual([
      `${rejection} socket=${join(folder, 'client')} peer=net-vm setting="${setting} of net-vm"`,
    ]);
    await bus.stop();
    bus.remove();
  });

  it('leave the units of other programs alone', async () => {
    systemd.define(unit, { active: true });
    systemd.define('dbus-proxy-theirs.service', { active: true });
    const agent = await start(proxy());
    await listed('Running');
    expect(await systemd.listUnits(['dbus-proxy-theirs.service'])).toMatchObject([{ ActiveState: 'active' }]);
    expect(logged(agent, 'is installed: /etc/systemd/system/dbus-proxy-')).toHaveLength(1);
  });
});
