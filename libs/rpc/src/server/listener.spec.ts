// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { existsSync, lstatSync, mkdtempSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Address } from '@givc/model';
import { FakeVsockNetwork } from '@givc/vsock';
import { HalfOpenConnections } from './half-open-connections.js';
import { serverLimits } from './limits.js';
import { listenAt, openAt, removeStaleSocket } from './listener.js';

describe('a server that listens', () => {
  let folder: string;
  let path: string;
  const servers: Server[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-'));
    path = join(folder, 'socket');
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
    rmSync(folder, { recursive: true });
  });

  const server = (): Server => {
    const made = createServer((socket) => socket.end());
    servers.push(made);
    return made;
  };

  it('has an actual port for port 0', async () => {
    const asked: Address = { protocol: 'tcp', host: '127.0.0.1', port: 0 };
    const { port, ...others } = (await openAt(server(), asked)) as typeof asked & { protocol: 'tcp' };
    expect(others).toEqual({ protocol: 'tcp', host: '127.0.0.1' });
    expect(port).toBeGreaterThan(0);
    await once(connect(port, '127.0.0.1'), 'connect');
    expect(asked.port).toBe(0);
  });

  it('has a unix socket that its group may use, whatever the umask, which it does not change', async () => {
    const before = process.umask(0o022);
    await openAt(server(), { protocol: 'unix', path });
    expect(statSync(path).mode & 0o777).toBe(0o660);
    expect(process.umask(before)).toBe(0o022);
  });

  it('has an abstract socket for an abstract address', async () => {
    const name = `givc-test-${process.pid}`;
    expect(await openAt(server(), { protocol: 'abstract', path: name })).toEqual({ protocol: 'abstract', path: name });
    await once(connect(`\0${name}`), 'connect');
  });

  it('replaces the socket of a server that has ended', async () => {
    const gone = server();
    await openAt(gone, { protocol: 'unix', path });
    renameSync(path, `${path}.left`);
    gone.close();
    await once(gone, 'close');
    renameSync(`${path}.left`, path);
    await openAt(server(), { protocol: 'unix', path });
    await once(connect(path), 'connect');
  });

  it.each<[string, (path: string) => void]>([
    ['a file', (at) => writeFileSync(at, 'precious')],
    ['a symlink', (at) => symlinkSync('elsewhere', at)],
  ])('does not replace %s at its path', async (_, put) => {
    put(path);
    await expect(openAt(server(), { protocol: 'unix', path })).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringMatching(new RegExp(`^cannot listen on ${path}: .*EADDRINUSE`)),
    });
    expect(lstatSync(path, { throwIfNoEntry: false })).toBeDefined();
  });

  it('does not replace the socket of another listening process', async () => {
    await openAt(server(), { protocol: 'unix', path });
    await expect(openAt(server(), { protocol: 'unix', path })).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: `cannot listen on ${path}: another process already does`,
    });
    await expect(removeStaleSocket(path)).rejects.toThrow('another process');
    expect(existsSync(path)).toBe(true);
  });

  it('names the address at which it cannot listen, and the reason', async () => {
    await expect(openAt(server(), { protocol: 'unix', path: join(folder, 'a', 'b') })).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringMatching(/^cannot listen on \/.*\/a\/b: .*(ENOENT|EACCES)/),
    });
    const vsock = new FakeVsockNetwork().machine(2);
    await expect(openAt(server(), { protocol: 'vsock', cid: 3, port: 9000 }, vsock)).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringMatching(/^cannot listen on vsock:3:9000: this machine does not have the CID 3/),
    });
  });

  it('without TLS hands over each connection, and counts the open ones until it is closed', async () => {
    const sockets: Socket[] = [];
    let wake = () => undefined as void;
    const listener = await listenAt(
      { protocol: 'unix', path },
      undefined,
      serverLimits,
      new HalfOpenConnections(1, 1),
      (socket) => {
        sockets.push(socket);
        wake();
      },
    );
    const taken = async (count: number) => {
      while (sockets.length < count) await new Promise<void>((resolve) => (wake = resolve));
    };
    const callers = [connect(path), connect(path)];
    await taken(2);
    expect(await listener.connections()).toBe(2);
    callers[0]!.destroy();
    await once(sockets[0]!.resume(), 'close');
    expect(await listener.connections()).toBe(1);
    listener.close();
    expect(existsSync(path)).toBe(false);
    await expect(once(connect(path), 'connect')).rejects.toMatchObject({ code: 'ENOENT' });
    callers[1]!.destroy();
  });
});
