// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { SocketClient } from '../../apps/agent/src/socket-proxy/socket-client.js';
import { carriers, readAll, SocketPair, type Carrier, type SocketPairOptions } from '../support/socket-pair.js';
import { TcpRelay } from '../support/tcp-relay.js';

const transfer = '/socketproxy.SocketStream/TransferData';
const permitted = 'permit(principal == Source::"gui-vm", action == Command::"TransferData", resource);';
const ended = (socket: Socket) => socket.readableEnded || once(socket.resume(), 'end');

/** Resolves when a service, which writes for as long as it can, is closed in both directions. */
async function closed(service: Socket): Promise<void> {
  const timer = setInterval(() => service.write('still there?'), 1);
  const [error] = (await once(service, 'error')) as [NodeJS.ErrnoException];
  clearInterval(timer);
  expect(error.code).toMatch(/^(EPIPE|ECONNRESET)$/);
}

describe.each(carriers)('a socket of another machine that is carried by a %s', (carrier) => {
  let pair: SocketPair;
  let relay: TcpRelay;
  let client: SocketClient;
  let services: Socket[];
  const path = () => `${pair.folder}/relayed`;
  const start = async (options: SocketPairOptions = {}) => {
    pair = await SocketPair.start({ ...options, carrier });
    relay = await TcpRelay.start(pair.endpoint);
    client = pair.makeClient({ carrier }, path(), relay.through(pair.endpoint));
    await client.listen();
    services = [];
    await pair.serve((socket) => {
      services.push(socket);
      socket.on('data', (bytes) => socket.write(bytes));
    });
  };
  afterEach(async () => {
    client.close();
    relay.stop();
    await pair.stop();
  });

  /** A connection by which bytes have gone both ways. */
  const echoed = async () => {
    const user = pair.dial(path());
    user.write('x');
    await once(user, 'data');
    return { user, service: services.at(-1)! };
  };

  it('has, beside the channel of its agents, as many connections as it is carried by', async () => {
    await start();
    for (let n = 0; n < 3; n++) await echoed();
    // One more may be made ahead.
    const connections = relay.passages.length - 1;
    expect(carrier === 'connection' ? [3, 4] : [0]).toContain(connections);
  });

  it('is recorded with its socket when it begins, and when it ends', async () => {
    await start();
    const { user, service } = await echoed();
    const call = { peer: 'gui-vm', address: '127.0.0.1', rpc: transfer, request: { socket: pair.servicePath } };
    expect(pair.record.begun).toMatchObject([call]);
    user.end();
    service.end();
    await ended(user);
    expect(await pair.record.next('OK')).toMatchObject({ ...call, phase: 'ended' });
  });

  it('is recorded as cancelled when its user breaks it off', async () => {
    await start();
    const { user, service } = await echoed();
    user.destroy();
    await closed(service);
    expect(await pair.record.next('CANCELLED')).toMatchObject({ rpc: transfer });
  });

  it('is closed in both directions, not half, when the network ends a direction that the user has not', async () => {
    await start();
    const { user, service } = await echoed();
    relay.endToServer(carrier === 'connection' ? 1 : 0);
    // A service that is only half closed could go on for ever.
    await Promise.all([closed(service), ended(user)]);
    expect(await pair.record.next('CANCELLED')).toMatchObject({ rpc: transfer });
  });

  it('ends on both sides when the certificate of the client is revoked', async () => {
    await start();
    const { user, service } = await echoed();
    pair.access.identity!.verifyPeersWith(() => 'it is revoked');
    await Promise.all([ended(user), closed(service)]);
    expect(await pair.record.next('TLS')).toMatchObject({ peer: 'gui-vm', reason: 'it is revoked' });
    expect(await readAll(pair.dial(path()))).toEqual(Buffer.alloc(0));
  });

  it('ends on both sides when the rules permit it no longer, with the reason in the log', async () => {
    await start({ rules: permitted });
    const { user, service } = await echoed();
    pair.access.rules!.replace('permit(principal == Source::"gui-vm", action == Command::"Other", resource);');
    await Promise.all([ended(user), closed(service)]);
    expect(await pair.record.next('PERMISSION_DENIED')).toMatchObject({ peer: 'gui-vm', rpc: transfer });
    expect(pair.lines.at(-1)).toContain('gui-vm may not call socketproxy.SocketStream/TransferData');
  });

  it('stays open when the rules change and still permit it', async () => {
    await start({ rules: permitted });
    const { user } = await echoed();
    pair.access.rules!.replace(`${permitted} // again`);
    user.write('y');
    expect(((await once(user, 'data')) as [Buffer])[0].toString()).toBe('y');
  });

  it('ends on both sides when the connection of the channel is lost, whose probe may be all that is heard', async () => {
    await start();
    const { user, service } = await echoed();
    const [{ client: channelOfClient, server: channelOfServer }] = relay.passages as [(typeof relay.passages)[0]];
    channelOfClient.destroy();
    channelOfServer.destroy();
    await Promise.all([ended(user), closed(service)]);
  });

  it('ends on both sides when the agent of the service stops', async () => {
    await start();
    const { user, service } = await echoed();
    await pair.server.close();
    await Promise.all([ended(user), closed(service)]);
  });
});

describe('a connection that carries one socket after another', () => {
  let pair: SocketPair;
  let relay: TcpRelay;
  let client: SocketClient;
  let services: Socket[];
  const start = async (options: SocketPairOptions = {}) => {
    pair = await SocketPair.start(options);
    relay = await TcpRelay.start(pair.endpoint);
    client = pair.makeClient({}, `${pair.folder}/relayed`, relay.through(pair.endpoint));
    await client.listen();
    services = [];
    await pair.serve((socket) => {
      services.push(socket);
      socket.pipe(socket);
    });
  };
  afterEach(async () => {
    client.close();
    relay.stop();
    await pair.stop();
  });
  const exchange = async (text: string): Promise<string> => {
    const user = pair.dial(`${pair.folder}/relayed`);
    user.end(text);
    return (await readAll(user)).toString();
  };
  const transfers = () => pair.record.begun.filter(({ rpc }) => rpc === transfer);

  it('is one for any number of them, and each socket has its own record', async () => {
    await start();
    for (let n = 0; n < 20; n++) {
      expect(await exchange(`hello ${n}`)).toBe(`hello ${n}`);
      await pair.record.next('OK');
    }
    expect(transfers()).toHaveLength(20);
    // The channel, the connection, and the one made ahead.
    expect(relay.passages.length).toBeLessThanOrEqual(3);
  });

  it('carries none that the rules permit no longer', async () => {
    await start({ rules: permitted });
    expect(await exchange('before')).toBe('before');
    pair.access.rules!.replace('permit(principal == Source::"gui-vm", action == Command::"Other", resource);');
    expect(await exchange('after')).toBe('');
    expect(await pair.record.next('PERMISSION_DENIED')).toMatchObject({ peer: 'gui-vm', rpc: transfer });
    expect(services).toHaveLength(1);
  });

  it('is closed while it carries none when the certificate of its client is revoked', async () => {
    await start();
    expect(await exchange('before')).toBe('before');
    pair.access.identity!.verifyPeersWith(() => 'it is revoked');
    expect(await exchange('after')).toBe('');
    expect(services).toHaveLength(1);
  });

  it('is replaced after its agent has started again, without loss of what a user sends first', async () => {
    await start();
    expect(await exchange('before')).toBe('before');
    const { address } = pair.server;
    await pair.server.close();
    await pair.startServer({}, address.protocol === 'tcp' ? address.port : 0);
    let answer = '';
    // Until the client has connected again, a user is closed, or reset with what it has sent.
    while (answer === '') answer = await exchange('after').catch(() => '');
    expect(answer).toBe('after');
  });

  it('is replaced when it died without a sign, without loss or repetition of what a user sends first', async () => {
    await start();
    expect(await exchange('before')).toBe('before');
    relay.drop(1);
    expect(await exchange('after')).toBe('after');
    expect(services).toHaveLength(2);
    expect(transfers()).toHaveLength(2);
  });
});

describe('a peer that offers only HTTP/2', () => {
  const spoken = async (carrier: Carrier) => {
    const pair = await SocketPair.start({ carrier });
    await pair.serve((socket) => socket.pipe(socket));
    return pair;
  };

  it('as a client is served by a stream, beside one that has connections', async () => {
    const pair = await spoken('stream');
    const other = pair.makeClient({ carrier: 'connection' }, `${pair.folder}/other`);
    await other.listen();
    for (const path of [pair.path, `${pair.folder}/other`]) {
      const user = pair.dial(path);
      user.end('hello');
      expect((await readAll(user)).toString()).toBe('hello');
    }
    other.close();
    await pair.stop();
  });
});
