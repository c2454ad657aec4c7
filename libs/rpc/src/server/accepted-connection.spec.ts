// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Address } from '@givc/model';
import { SocketTransport } from './socket-transport.js';

const listen: readonly Address[] = [{ protocol: 'tcp', host: '127.0.0.1', port: 0 }];
const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');

describe('a connection that a server has accepted', () => {
  let transport: SocketTransport;
  let port: number;
  let socket: Socket;
  let session: ClientHttp2Session;

  beforeEach(async () => {
    transport = new SocketTransport({ listen, tls: undefined });
    const [address] = await transport.open(new Map());
    port = (address as { readonly port: number }).port;
    socket = connect(port, '127.0.0.1');
    session = connectHttp2('http://localhost', { createConnection: () => socket });
    await once(session, 'remoteSettings');
  });
  afterEach(async () => {
    jest.useRealTimers();
    session.destroy();
    await transport.close();
  });

  it('is probed by the kernel when it is idle', () => {
    const client = hex((socket.address() as AddressInfo).port);
    // proc_net_tcp(5): the addresses are local and remote; the timer of a connection is 2 for its keepalive.
    const rows = readFileSync('/proc/net/tcp', 'utf8').split('\n');
    const [, local, remote, , , timer] = rows
      .map((row) => row.trim().split(/\s+/))
      .find((row) => row[1]?.endsWith(`:${hex(port)}`) && row[2]?.endsWith(`:${client}`))!;
    expect([local, remote]).toEqual([`0100007F:${hex(port)}`, `0100007F:${client}`]);
    expect(timer).toMatch(/^02:/);
  });

  it('accepts 4,096 calls at once', () => {
    expect(session.remoteSettings.maxConcurrentStreams).toBe(4_096);
  });

  it('does not delay the close of the server while it has no call', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    session.once('goaway', () => session.close());
    await transport.close();
    expect(jest.getTimerCount()).toBe(0);
  });
});
