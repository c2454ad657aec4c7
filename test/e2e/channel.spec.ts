// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { Server } from '@grpc/grpc-js';
import { parseEndpoint } from '@givc/model';
import { GrpcDialer, RpcChannel, services, type ChannelSettings, type ChannelState } from '@givc/rpc';
import { identityOf, testAuthority, TestSystem, tlsMaterial } from '@givc/testing';
import { freePort } from '../support/free-port.js';
import { listen } from '../support/grpc-server.js';

const becomes = (channel: RpcChannel, wanted: ChannelState) =>
  new Promise<void>((resolve) => channel.onState((state) => (state === wanted ? resolve() : undefined)));

describe('a channel that is kept connected', () => {
  it('gives up an attempt that hangs after others have failed, and connects before a channel that waits longer', async () => {
    const [authority, port] = [testAuthority(), await freePort()];
    const endpoint = parseEndpoint('admin', {
      Protocol: 'tcp',
      Address: '127.0.0.1',
      Port: String(port),
      Name: 'admin-vm',
    });
    const dialer = new GrpcDialer(identityOf(tlsMaterial(authority, { name: 'cli' })));
    const open = (connectLimits: ChannelSettings['connectLimits']) =>
      new RpcChannel(endpoint, dialer, { connectLimits });
    /**
     * Resolves once one attempt of the channel has been refused and a server that sends nothing has accepted the next.
     */
    const hang = async (channel: RpcChannel): Promise<Socket> => {
      const refused = becomes(channel, 'TRANSIENT_FAILURE');
      channel.keepConnected();
      await refused;
      const silent = createServer().listen(port, '127.0.0.1');
      const [accepted] = (await once(silent, 'connection')) as [Socket];
      silent.close();
      return accepted;
    };
    const hour = 3_600_000;
    const slow = open({ acceptMs: hour, handshakeMs: hour });
    const kept = open({ acceptMs: 200, handshakeMs: 400 });
    const accepted = [await hang(slow), await hang(kept)];
    const ready = becomes(kept, 'READY');
    const back = new Server();
    await listen(back, tlsMaterial(authority, { name: 'admin-vm' }), `127.0.0.1:${port}`);
    await ready;
    expect(slow.state).not.toBe('READY');
    for (const socket of accepted) socket.destroy();
    for (const channel of [slow, kept]) channel.close();
    back.forceShutdown();
  });
});

describe('a channel with a maximum length of messages', () => {
  it('fails a call whose answer is longer, and no other', async () => {
    const system = await TestSystem.start();
    const dialer = new GrpcDialer(identityOf(system.material('cli')));
    const channel = new RpcChannel(system.admin.endpoint, dialer, { messageBytes: 10 });
    const { check, list } = services['grpc.health.v1.Health'];
    await expect(channel.unary(list, {})).rejects.toMatchObject({ reason: 'RESOURCE_EXHAUSTED' });
    await expect(channel.unary(check, { service: '' })).resolves.toHaveProperty('status');
    channel.close();
    await system.close();
  });
});
