// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import type { Socket } from 'node:net';
import { TestSystem, tlsMaterial } from '@givc/testing';
import { SocketPair } from '../support/socket-pair.js';

const dayMs = 24 * 60 * 60 * 1_000;
const lateMs = 3_000;

describe('a connected peer whose certificate expires because the clock is set', () => {
  let end: (() => Promise<void>) | undefined;

  beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] }));
  afterEach(async () => {
    jest.useRealTimers();
    await end?.();
    end = undefined;
  });

  const setClock = () => jest.setSystemTime(Date.now() + 2 * dayMs);
  const start = async () => {
    const system = await TestSystem.start();
    end = () => system.close();
    const client = system.client({ tls: tlsMaterial(system.authority, { name: 'evil-vm', days: 1 }) });
    return { system, client };
  };
  /** The certificates of the other peers are valid for longer. */
  const watch = (client: ReturnType<TestSystem['client']>) => {
    const changes = client.watchOnce()[Symbol.asyncIterator]();
    return { first: changes.next(), next: () => changes.next() };
  };

  it('has its next call rejected as UNAUTHENTICATED, which is recorded', async () => {
    const { system, client } = await start();
    const other = system.client('gui-vm');
    await Promise.all([client.queryList(), other.queryList()]);
    setClock();
    const refused = { reason: 'UNAUTHENTICATED', message: expect.stringContaining('the caller expired on') };
    await expect(client.queryList()).rejects.toMatchObject(refused);
    expect(await system.admin.record.next('UNAUTHENTICATED')).toMatchObject({
      ...{ peer: 'evil-vm', rpc: '/admin.AdminService/QueryList' },
      reason: expect.stringContaining('the caller expired on'),
    });
    expect(await other.queryList()).toEqual({ List: [] });
  });

  it('ends its open streams, and no streams of others', async () => {
    const { system, client } = await start();
    const other = system.client('net-vm');
    const [evil, gui] = [watch(client), watch(other)];
    await Promise.all([evil.first, gui.first]);
    setClock();
    const ended = expect(evil.next()).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    jest.advanceTimersByTime(lateMs);
    await ended;
    expect(await system.admin.record.next('TLS')).toMatchObject({
      peer: 'evil-vm',
      reason: expect.stringMatching(/^its certificate expired on /),
    });
    await other.registerService({
      ...{ Name: 'givc-net-vm.service', Parent: '', Type: 8, State: undefined },
      Transport: { Protocol: 'tcp', Address: '127.0.0.1', Port: '1', Name: 'net-vm' },
    });
    expect(await gui.next()).toMatchObject({ done: false });
  });

  it('ends its connections through a socket proxy', async () => {
    const pair = await SocketPair.start({ clientDays: 1 });
    end = () => pair.stop();
    const served = new Promise<Socket>((resolve) => void pair.serve(resolve));
    const user = pair.dial();
    user.write('hello');
    const service = await served;
    expect(String((await once(service, 'data'))[0])).toBe('hello');
    const ended = Promise.all([once(service.resume(), 'end'), once(user.resume(), 'end')]);
    setClock();
    jest.advanceTimersByTime(lateMs);
    await ended;
    expect(await pair.record.next('TLS')).toMatchObject({
      peer: 'gui-vm',
      reason: expect.stringMatching(/^its certificate expired on /),
    });
  });
});
