// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import dns, { type LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { parseVmName } from '@givc/model';
import { KernelVsock } from '@givc/vsock';
import { testAuthority } from '../tls/test-authority.fixture.js';
import { TlsIdentity } from '../tls/tls-identity.js';
import { openSocket } from './open-socket.js';
import { SocketConnector } from './socket-connector.js';

const vsock = new KernelVsock();
type LookupAll = (error: null, addresses: LookupAddress[]) => void;

describe('an attempt to connect over a socket', () => {
  let server: Server;
  let port: number;
  let accepted: Socket[];
  const { signal } = new AbortController();

  const listen = async (host: string) => {
    accepted = [];
    server = createServer((socket) => accepted.push(socket.on('error', () => undefined))).listen(0, host);
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  };
  afterEach(() => {
    for (const socket of accepted) socket.destroy();
    server.close();
  });

  it('reaches an address with a zone', async () => {
    await listen('::1');
    const reached = once(server, 'connection');
    const socket = await openSocket({ protocol: 'tcp', host: '::1%lo', port }, vsock, signal);
    await reached;
    socket.destroy();
  });

  it('opens nothing when it was given up before', async () => {
    await listen('127.0.0.1');
    const address = { protocol: 'tcp', host: '127.0.0.1', port } as const;
    await expect(openSocket(address, vsock, AbortSignal.abort())).rejects.toThrow('the attempt was given up');
    (await openSocket(address, vsock, signal)).destroy();
    while (accepted.length === 0) await once(server, 'connection');
    expect(accepted).toHaveLength(1);
  });

  it('tries the addresses of a name in turn', async () => {
    await listen('127.0.0.1');
    const looked = jest.spyOn(dns, 'lookup') as unknown as jest.SpyInstance<void, [string, object, LookupAll]>;
    looked.mockImplementation((_host, _options, done) =>
      done(null, [
        { address: '127.0.0.2', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ]),
    );
    const reached = once(server, 'connection');
    const socket = await openSocket({ protocol: 'tcp', host: 'admin.ghaf', port }, vsock, signal);
    await reached;
    expect(socket.remoteAddress).toBe('127.0.0.1');
    looked.mockRestore();
    socket.destroy();
  });

  it.each([undefined, new TlsIdentity(testAuthority().issue('net-vm'))])(
    'ends its connection when it is given up during the handshake (%#)',
    async (identity) => {
      await listen('127.0.0.1');
      const endpoint = {
        name: parseVmName('name', 'admin-vm'),
        address: { protocol: 'tcp', host: '127.0.0.1', port },
      } as const;
      const options = { windowBytes: undefined, messageBytes: undefined };
      const events: string[] = [];
      const reached = once(server, 'connection') as Promise<[Socket]>;
      await new Promise<void>((resolve) => {
        const giveUp = new SocketConnector(endpoint, identity, vsock, options).connect({
          accepted: () => {
            events.push('accepted');
            // After the handshake has begun.
            setImmediate(() => {
              giveUp();
              resolve();
            });
          },
          ready: () => events.push('ready'),
          failed: () => events.push('failed'),
          lost: () => events.push('lost'),
        });
      });
      const [socket] = await reached;
      socket.resume();
      await once(socket, 'close');
      expect(events).toEqual(['accepted']);
    },
  );
});
