// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { GivcError } from '@givc/model';
import { GrpcServer, services, type RpcChannel } from '@givc/rpc';
import { TestSystem } from '@givc/testing';
import { closed } from '../support/closed.js';
import { rawSession } from '../support/raw-call.js';
import { RawConnection } from '../support/raw-connection.js';

const { queryList, watch } = services['admin.AdminService'];
const { check } = services['grpc.health.v1.Health'];

const portOf = (system: TestSystem): number => (system.admin.endpoint.address as { port: number }).port;

describe('the limits of a server', () => {
  it('have these defaults', () => {
    expect(new GrpcServer({ listen: [], tls: undefined, services: [] }).limits).toEqual({
      openCalls: 6_000,
      openCallsOfPeer: 1_500,
      undeliveredBytes: 64 * 1024 * 1024,
      undeliveredBytesOfPeer: 16 * 1024 * 1024,
      unreadBytes: 64 * 1024 * 1024,
      unreadBytesOfPeer: 16 * 1024 * 1024,
      openStreamsOfPeer: 4_096,
      headerBytes: 8 * 1024,
      messageMs: 5_000,
      connections: 2_048,
      connectionsOfPeer: 512,
      handshakes: 256,
      handshakesOfAddress: 64,
      unused: 512,
      unusedOfPeer: 128,
      handshakeMs: 5_000,
    });
  });
});

describe('the limits of a running server', () => {
  let system: TestSystem;

  afterEach(() => system.close());

  const half = async (): Promise<Socket> => {
    const socket = connect(portOf(system), '127.0.0.1').on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  };
  const channels = (...names: string[]): RpcChannel[] => names.map((name) => system.channel(system.admin, name));
  const ask = (channel: RpcChannel) => channel.unary(queryList, {});

  const outcome = (call: Promise<unknown>): Promise<string> =>
    call.then(
      () => 'OK',
      (error: GivcError) => error.reason,
    );

  it.each([
    ['with TLS', true],
    ['without', false],
  ])('close a connection beyond them, and no others: %s', async (_, tls) => {
    system = await TestSystem.start({ tls, limits: { connections: 2 } });
    const [first, second, third] = channels('a-vm', 'b-vm', 'c-vm') as [RpcChannel, RpcChannel, RpcChannel];
    await Promise.all([first, second].map(ask));
    await closed(await half());
    await expect(ask(third)).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    for (const channel of [first, second]) await expect(ask(channel)).resolves.toEqual({ List: [] });
    const isConnected = new Promise<void>((resolve) => {
      third.onState((state) => (state === 'READY' ? resolve() : undefined));
    });
    third.keepConnected();
    second.close();
    await isConnected;
    for (const channel of [first, third]) await expect(ask(channel)).resolves.toEqual({ List: [] });
  });

  it('reject a call of any caller beyond the total until another ends', async () => {
    system = await TestSystem.start({ limits: { openCalls: 2 } });
    const [first, second, third] = channels('a-vm', 'b-vm', 'c-vm') as [RpcChannel, RpcChannel, RpcChannel];
    const watches = [first, second].map((channel) => channel.serverStream(watch, {}));
    await Promise.all(watches.map((one) => one.next()));
    await expect(third.unary(check, { service: '' })).rejects.toMatchObject({
      reason: 'RESOURCE_EXHAUSTED',
      message: 'too many open calls: at most 1500 of one caller and 2 in all',
    });
    for (const channel of [first, second])
      await expect(channel.unary(check, { service: '' })).rejects.toMatchObject({ reason: 'RESOURCE_EXHAUSTED' });
    await watches[1]!.return(undefined);
    while ((await outcome(third.unary(check, { service: '' }))) === 'RESOURCE_EXHAUSTED');
    await expect(third.unary(check, { service: '' })).resolves.toMatchObject({ status: 1 });
  });

  it('end the oldest handshake of an address that begins too many, and no other', async () => {
    system = await TestSystem.start({ limits: { handshakesOfAddress: 2, handshakeMs: 60_000 } });
    const [client] = channels('a-vm') as [RpcChannel];
    await ask(client);
    const halves = [await half(), await half(), await half()];
    await closed(halves[0]!);
    await expect(ask(client)).resolves.toEqual({ List: [] });
    expect(halves.map(({ closed }) => closed)).toEqual([true, false, false]);
    for (const socket of halves) socket.destroy();
  });

  it('end a handshake that takes too long', async () => {
    system = await TestSystem.start({ limits: { handshakeMs: 100 } });
    const socket = await half();
    socket.write(Buffer.from([0x16, 0x03, 0x01]));
    await closed(socket);
    await expect(system.client().queryList()).resolves.toEqual({ List: [] });
  });
});

describe('an idle connection', () => {
  let system: TestSystem;

  beforeEach(async () => {
    system = await TestSystem.start();
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'Date'] });
  });
  afterEach(async () => {
    jest.useRealTimers();
    await system.close();
  });

  it('is pinged after 30 s, and stays when it answers', async () => {
    const session = await rawSession(system.admin.endpoint, system.material('quiet-vm')!);
    const greeted = once(session, 'remoteSettings');
    await greeted;
    let pings = 0;
    session.on('ping', () => pings++);
    const roundTrip = () => new Promise<void>((resolve) => void session.ping(() => resolve()));
    jest.advanceTimersByTime(29_999);
    await roundTrip();
    expect(pings).toBe(0);
    const pinged = once(session, 'ping');
    jest.advanceTimersByTime(1);
    await pinged;
    // The server has received the answer by then.
    await roundTrip();
    jest.advanceTimersByTime(15_000);
    await roundTrip();
    expect(session.closed).toBe(false);
    session.destroy();
  });

  it('is closed 15 s after a ping without an answer', async () => {
    const secureContext = createSecureContext(system.material('mute-vm'));
    const connection = await RawConnection.open({ host: '127.0.0.1', port: portOf(system), secureContext });
    await connection.read();
    jest.advanceTimersByTime(44_999);
    await connection.read();
    expect(connection.isOver).toBe(false);
    jest.advanceTimersByTime(1);
    await connection.closed();
  });
});
