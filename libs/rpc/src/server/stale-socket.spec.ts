// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAt, removeStaleSocket } from './listener.js';

describe('the socket file of a running server', () => {
  let folder: string;
  let path: string;
  let server: Server;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-'));
    path = join(folder, 'socket');
    server = createServer();
    server.listen({ path, backlog: 1 });
    await once(server, 'listening');
  });
  afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('is not removed when the server is too busy to accept a connection', async () => {
    // Nothing is accepted before the event loop continues, so the queue is full (EAGAIN).
    const waiting = Array.from({ length: 3 }, () => connect(path).on('error', () => undefined));
    await removeStaleSocket(path);
    expect(existsSync(path)).toBe(true);
    for (const socket of waiting) socket.destroy();
  });

  it('is checked without leaving a connection open', async () => {
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    await expect(removeStaleSocket(path)).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
    const [socket] = await accepted;
    await once(socket.resume(), 'close');
    expect(socket.readableEnded).toBe(true);
  });
});

describe('an address that is opened', () => {
  it('has a port only for TCP', async () => {
    const server = createServer();
    const address = { protocol: 'abstract', path: `givc-port-${process.pid}` } as const;
    expect(await openAt(server, address)).toStrictEqual(address);
    server.close();
  });
});
