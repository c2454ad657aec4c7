// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { closeSync, mkdtempSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { connect, createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescriptorAdopter } from './descriptor-adopter.js';
import { loadLibc, type Libc } from './libc.js';

const openDescriptors = (): string[] => readdirSync('/proc/self/fd');

const closed = (socket: Socket): Promise<unknown> => {
  const event = once(socket, 'close');
  socket.destroy();
  return event;
};

describe('a descriptor that node:net rejects', () => {
  let libc: Libc;
  let adopter: DescriptorAdopter;
  beforeAll(async () => {
    libc = await loadLibc();
    adopter = new DescriptorAdopter(libc);
  });

  /** A descriptor of eventfd(2), which counts: a read has the count, as 8 bytes, and sets it to 0. */
  const eventDescriptor = () =>
    libc.declare<[initial: number, flags: number]>('int eventfd(uint32_t initial, int flags)')(0, 0o2004000);

  const count = (value: number): Buffer => {
    const bytes = Buffer.alloc(8);
    new BigUint64Array(bytes.buffer, bytes.byteOffset, 1)[0] = BigInt(value);
    return bytes;
  };

  it('is read by the event loop as a socket, and stays open when the socket is closed', async () => {
    const fd = eventDescriptor();
    expect(() => new Socket({ fd })).toThrow(/Unsupported fd type/);
    const socket = adopter.socket(fd, { writable: false });
    writeSync(fd, count(7));
    expect((await once(socket, 'data'))[0]).toEqual(count(7));
    await closed(socket);
    writeSync(fd, count(1));
    closeSync(fd);
  });

  it('is written as a socket', async () => {
    const fd = eventDescriptor();
    const socket = adopter.socket(fd);
    socket.write(count(3));
    expect((await once(socket, 'data'))[0]).toEqual(count(3));
    await closed(socket);
    closeSync(fd);
  });

  it('has its connections accepted by a server of Node', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'givc-')), 'socket');
    const fd = libc.declare<[number, number, number]>('int socket(int domain, int type, int protocol)')(
      1,
      0o2004001,
      0,
    );
    const bind = libc.declare<[number, Buffer, number]>('int bind(int fd, void *address, uint32_t length)');
    bind(fd, Buffer.from(`\x01\0${path}`), 2 + path.length);
    libc.declare<[number, number]>('int listen(int fd, int backlog)')(fd, 1);
    const server = createServer((socket) => socket.end('through'));
    adopter.listen(fd, server);
    closeSync(fd);
    const client = connect(path);
    expect(String((await once(client, 'data'))[0])).toBe('through');
    await closed(client);
    const end = once(server, 'close');
    server.close();
    await end;
    rmSync(join(path, '..'), { recursive: true });
  });

  it('leaves nothing open when it is closed already', async () => {
    const before = openDescriptors();
    expect(() => adopter.socket(-1)).toThrow('EBADF');
    const server = createServer();
    expect(() => adopter.listen(-1, server)).toThrow('EBADF');
    await new Promise(setImmediate);
    expect(server.listening).toBe(false);
    expect(openDescriptors()).toEqual(before);
  });
});
