// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Client, credentials } from '@grpc/grpc-js';
import { targetOf } from '../client/target.js';

describe('an address with a zone', () => {
  let server: Server;
  let port: number;
  const clients: Client[] = [];
  const sockets = new Set<Socket>();
  const connectTo = (target: string) => {
    const client = new Client(target, credentials.createInsecure());
    clients.push(client);
    client.getChannel().getConnectivityState(true);
    return client;
  };

  beforeEach(async () => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }).listen(0, '::1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('can be connected to', async () => {
    connectTo(targetOf({ protocol: 'tcp', host: '::1%lo', port }));
    await once(server, 'connection');
  });

  it('fails a call when nothing listens there, and leaves the program to its other work', async () => {
    server.close();
    const client = connectTo(targetOf({ protocol: 'tcp', host: '::1%lo', port }));
    const serialize = (value: Buffer) => value;
    const error = await new Promise<Error | null>((resolve) =>
      client.makeUnaryRequest('/a.B/C', serialize, serialize, Buffer.alloc(0), resolve),
    );
    expect(error?.message).toContain('ECONNREFUSED');
    await new Promise(setImmediate);
  });

  it('still needs our resolver, because grpc-js makes it a URL', async () => {
    const client = connectTo(`ipv6:[::1%lo]:${port}`);
    const serialize = (value: Buffer) => value;
    const error = await new Promise<Error | null>((resolve) =>
      client.makeUnaryRequest('/a.B/C', serialize, serialize, Buffer.alloc(0), resolve),
    );
    expect(error?.message).toContain('Invalid URL');
  });
});
