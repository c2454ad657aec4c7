// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { closed } from '../support/closed.js';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UnitName } from '@givc/model';
import { services, admin } from '@givc/rpc';
import { TestSystem } from '@givc/testing';
import { registration } from '../support/registration.js';
import { stalledWatch } from '../support/stalled-watch.js';

const { watch, queryList, registerService } = services['admin.AdminService'];

describe('a server under load', () => {
  let system: TestSystem;

  beforeEach(async () => {
    system = await TestSystem.start({ tls: false });
  });
  afterEach(() => system.close());

  const port = () => (system.admin.endpoint.address as { port: number }).port;
  const answers = () => expect(system.client().queryList()).resolves.toHaveProperty('List');

  it('rejects a message above 4 MiB without an effect on other callers', async () => {
    const request = admin.RegistryRequest.encode({
      Name: 'a'.repeat(5 * 1024 * 1024),
      Parent: '',
      Type: 8,
      Transport: undefined,
      State: undefined,
    }).finish();
    const huge = { ...registerService, requestSerialize: () => Buffer.from(request) };
    await expect(system.channel(system.admin).unary(huge, undefined as never)).rejects.toMatchObject({
      reason: 'RESOURCE_EXHAUSTED',
    });
    await answers();
  });

  it('calls of one caller are rejected beyond a bound, and others are served', async () => {
    const tls = await TestSystem.start({ limits: { openCallsOfPeer: 50 } });
    const channel = tls.channel(tls.admin, 'greedy-vm');
    const calls = Array.from({ length: 400 }, () => channel.serverStream(watch, {}));
    const outcomes = await Promise.allSettled(calls.map((call) => call.next()));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.length).toBe(400 - 50);
    for (const { reason } of refused) expect(reason).toMatchObject({ reason: 'RESOURCE_EXHAUSTED' });
    await expect(tls.client('cli').queryList()).resolves.toEqual({ List: [] });
    await tls.close();
  });

  it('commands of one caller to an agent leave room there for those of others', async () => {
    const tls = await TestSystem.start();
    const [web, ssh] = ['web.service', 'sshd.service'] as UnitName[];
    const capabilities = { services: [web, ssh] };
    const agent = await tls.startAgent('net-vm', { capabilities, limits: { openCallsOfPeer: 400 } });
    for (const unit of [web, ssh]) agent.systemd.define(unit!, { active: true });
    await tls.untilRegistered('net-vm');
    agent.systemd.holdStops(web!);
    const stops = jest.spyOn(agent.systemd, 'stopUnit');
    let refused = 0;
    const allAreThere = new Promise<void>((resolve) => {
      const look = () => (stops.mock.calls.length + refused === 420 ? resolve() : setImmediate(look));
      look();
    });
    const greedy = tls.client('greedy-vm');
    for (let n = 0; n < 420; n++) greedy.stopService({ ServiceName: web!, VmName: 'net-vm' }).catch(() => refused++);
    await allAreThere;
    await tls.client('cli').stopService({ ServiceName: ssh!, VmName: 'net-vm' });
    expect([stops.mock.calls.length, refused]).toEqual([376, 45]);
    await tls.close();
  });

  it('200 watchers of two machines receive each change once, which is encoded once for all of them', async () => {
    const tls = await TestSystem.start();
    const x = tls.client('x-vm');
    await x.registerService(registration({ State: undefined }));
    const encode = jest.spyOn(admin.QueryListItem, 'encode');
    const calls = ['gui-vm', 'chrome-vm'].flatMap((name) => {
      const channel = tls.channel(tls.admin, name);
      return Array.from({ length: 100 }, () => channel.serverStream(watch, {}));
    });
    await Promise.all(calls.map((call) => call.next()));
    const next = calls.map(async (call) => (await call.next()).value as admin.WatchItem);
    expect(encode).toHaveBeenCalledTimes(1);
    const unit = { Name: 'web.service', Parent: 'givc-x-vm.service', Type: 9, Transport: undefined, State: undefined };
    await x.registerService(unit);
    for (const { Status } of await Promise.all(next))
      expect(Status).toMatchObject({ $case: 'Added', value: { Name: 'web.service' } });
    // Once in the list, and once for the change.
    expect(encode).toHaveBeenCalledTimes(2);
    encode.mockRestore();
    await tls.close();
  });

  it('sends a caller that does not read its Watch the last state of each entry, not every state', async () => {
    const { session, stream: stalled } = await stalledWatch(system);
    const client = system.client();
    const change = (label: string) => client.registerService(registration({}, `${label} ${'d'.repeat(500)}`));
    for (let done = 0; done < 600; done += 100)
      await Promise.all(Array.from({ length: 100 }, (_, n) => change(`${done + n}`)));
    await change('last');
    let received = 0;
    let tail = '';
    for await (const data of stalled as AsyncIterable<Buffer>) {
      const text = tail + data.toString('latin1');
      received += data.length;
      tail = text.slice(-1_000);
      if (text.includes('last ddd')) break;
    }
    // The buffers on the way hold 350 KB of earlier messages.
    expect(received).toBeLessThan(128 * 1024);
    session.destroy();
    await answers();
  });

  it('ends a stream with a status when it stops, and does not wait for the reader', async () => {
    const events = system.client().watchOnce();
    await events.next();
    const next = events.next();
    const stopped = system.admin.close();
    await expect(next).rejects.toMatchObject({ reason: 'UNAVAILABLE', message: 'the server is shutting down' });
    await stopped;
  });

  it('is not blocked by unfinished handshakes', async () => {
    const tls = await TestSystem.start();
    const address = tls.admin.endpoint.address as { port: number };
    const halves: Socket[] = Array.from({ length: 500 }, () => connect(address.port, '127.0.0.1'));
    await Promise.all(halves.map((half) => once(half, 'connect')));
    for (const half of halves) half.write(Buffer.from([0x16, 0x03, 0x01]));
    await expect(tls.client().queryList()).resolves.toEqual({ List: [] });
    for (const half of halves) half.destroy();
    await tls.close();
  });

  it('serves other callers while one sends garbage', async () => {
    const garbage = {
      ...queryList,
      path: registerService.path,
      requestSerialize: () => Buffer.from([0xff, 0xff, 0xff]),
    };
    await expect(system.channel(system.admin).unary(garbage, {})).rejects.toHaveProperty('reason');
    const socket = connect(port(), '127.0.0.1');
    socket.end(Buffer.alloc(10_000, 7));
    await closed(socket);
    await answers();
  });
});

describe('the addresses of a server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'givc-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'admin.sock');

  it('may be several, TCP and unix sockets alike; a stale socket file is replaced', async () => {
    const stale = createServer().listen(path);
    await once(stale, 'listening');
    // A killed server leaves a socket file behind, on which no server listens.
    const left = join(folder, 'left.sock');
    const { renameSync } = await import('node:fs');
    renameSync(path, left);
    stale.close();
    await once(stale, 'close');
    const system = await TestSystem.start({
      listen: [
        { protocol: 'unix', path: left },
        { protocol: 'tcp', host: '127.0.0.1', port: 0 },
      ],
    });
    expect(system.admin.endpoint.address).toEqual({ protocol: 'unix', path: left });
    expect(statSync(left).mode & 0o777).toBe(0o660);
    await expect(system.client().queryList()).resolves.toEqual({ List: [] });
    await system.close();
  });

  it('are rejected when a live server or a file is in the way', async () => {
    const live = await TestSystem.start({ listen: [{ protocol: 'unix', path }] });
    await expect(TestSystem.start({ listen: [{ protocol: 'unix', path }] })).rejects.toThrow(/another process/);
    await expect(live.client().queryList()).resolves.toEqual({ List: [] });
    await live.close();
    const file = join(folder, 'file');
    writeFileSync(file, 'precious');
    await expect(TestSystem.start({ listen: [{ protocol: 'unix', path: file }] })).rejects.toThrow(/EADDRINUSE/);
    expect(statSync(file).size).toBe(8);
  });
});
