// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseVmName } from '@givc/model';
import { GrpcDialer } from '../client/dialer.js';
import { RpcChannel } from '../client/rpc-channel.js';
import { services } from '../contract.js';
import { rpcsHandledBy } from './handled-rpcs.fixture.js';
import { SocketTransport } from './socket-transport.js';
import type { UnaryCall } from './unary-call.js';

const { getHwId } = services['hwid.HwidService'];

describe('gRPC over sockets', () => {
  let folder: string;
  let path: string;
  let transport: SocketTransport;
  let channel: RpcChannel;
  /** Resolves when a call has reached its handler, which answers it. */
  let called: Promise<UnaryCall>;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-'));
    path = join(folder, 'socket');
    transport = new SocketTransport({ listen: [{ protocol: 'unix', path }], tls: undefined });
    let answer!: (call: UnaryCall) => void;
    called = new Promise((resolve) => (answer = resolve));
    await transport.open(rpcsHandledBy({ [getHwId.path]: (call) => answer(call as UnaryCall) }));
    channel = new RpcChannel(
      { name: parseVmName('name', 'net-vm'), address: { protocol: 'unix', path } },
      new GrpcDialer(undefined),
    );
  });
  afterEach(() => {
    channel.close();
    rmSync(folder, { recursive: true });
  });

  it('lets a call end by itself shortly after it closes', async () => {
    const call = channel.unary(getHwId, {});
    const incoming = await called;
    const closed = transport.close();
    incoming.answer({ Identifier: 'x1' });
    await expect(call).resolves.toEqual({ Identifier: 'x1' });
    await closed;
  });

  it('cuts a call that does not end', async () => {
    const call = expect(channel.unary(getHwId, {})).rejects.toMatchObject({
      reason: expect.stringMatching(/^(UNAVAILABLE|CANCELLED)$/),
    });
    await called;
    await transport.close();
    await call;
  });

  it('counts the connections of all its addresses, and accepts none once it closes', async () => {
    const sockets = [connect(path), connect(path)];
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    while ((await transport.connections()) < 2) await new Promise(setImmediate);
    expect(await transport.connections()).toBe(2);
    const closed = Promise.all(sockets.map((socket) => once(socket.resume(), 'close')));
    await transport.close();
    await closed;
    await expect(once(connect(path), 'connect')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
