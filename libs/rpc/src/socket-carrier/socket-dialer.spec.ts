// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { parseVmName, type Endpoint } from '@givc/model';
import { testAuthority } from '../tls/test-authority.fixture.js';
import { TlsIdentity } from '../tls/tls-identity.js';
import { SocketDialer } from './socket-dialer.js';

const identity = new TlsIdentity(testAuthority().issue('gui-vm'));

describe('a dialer of connections for sockets', () => {
  let silent: Server;
  let attempts: Socket[];
  let stop: AbortController;
  let wake: () => void;

  beforeEach(async () => {
    [attempts, stop, wake] = [[], new AbortController(), () => undefined];
    silent = createServer((socket) => {
      attempts.push(socket.on('error', () => undefined));
      wake();
    }).listen(0, '127.0.0.1');
    await once(silent, 'listening');
  });
  afterEach(() => {
    stop.abort();
    for (const attempt of attempts) attempt.destroy();
    silent.close();
  });

  const until = async (isDone: () => boolean) => {
    while (!isDone()) await new Promise<void>((resolve) => (wake = resolve));
  };

  it('makes sixteen attempts at a time; the next one begins when one of them has ended', async () => {
    const { port } = silent.address() as AddressInfo;
    const target: Endpoint = {
      name: parseVmName('name', 'net-vm'),
      address: { protocol: 'tcp', host: '127.0.0.1', port },
    };
    const dialer = new SocketDialer(identity);
    const all = Promise.allSettled(Array.from({ length: 20 }, () => dialer.open(target, stop.signal)));
    // Connections are accepted in their order, so every attempt that was made before this one has arrived with it.
    const last = connect(port, '127.0.0.1').on('error', () => undefined);
    await once(last, 'connect');
    await until(() => attempts.some(({ remotePort }) => remotePort === last.localPort));
    expect(attempts).toHaveLength(17);
    attempts[0]!.destroy();
    await until(() => attempts.length === 18);
    stop.abort();
    await all;
  });

  it('does not wait for another server, or once it is aborted', async () => {
    const { port } = silent.address() as AddressInfo;
    const at = (host: string): Endpoint => ({
      name: parseVmName('name', 'net-vm'),
      address: { protocol: 'tcp', host, port },
    });
    const dialer = new SocketDialer(identity);
    const all = Promise.allSettled(Array.from({ length: 16 }, () => dialer.open(at('127.0.0.1'), stop.signal)));
    await until(() => attempts.length === 16);
    const [refused, own] = [new AbortController(), new AbortController()];
    // Nothing listens there.
    await expect(dialer.open(at('127.0.0.2'), refused.signal)).rejects.toThrow('no connection for a socket');
    const waiting = dialer.open(at('127.0.0.1'), own.signal);
    own.abort();
    await expect(waiting).rejects.toThrow('the attempt was given up');
    await expect(dialer.open(at('127.0.0.1'), own.signal)).rejects.toThrow('the attempt was given up');
    stop.abort();
    await all;
  });
});
