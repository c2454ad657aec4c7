// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer, Socket, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescriptorAdopter, loadLibc, SystemCallError } from '@givc/native';
import { KernelVsock } from './kernel-vsock.js';
import { descriptorOf } from './named-socket.js';
import { SocketCalls } from './socket-calls.js';
import { anyCid, anyPort } from './vsock.js';

const open = (): string[] => readdirSync('/proc/self/fd');
/** Those that were opened since; the process may have closed others of its own meanwhile. */
const openedSince = (before: readonly string[]): string[] => open().filter((fd) => !before.includes(fd));

/** The calls of libc, some of them replaced by failing ones. */
async function withCalls(replaced: Partial<SocketCalls>): Promise<KernelVsock> {
  const libc = await loadLibc();
  const calls = Object.assign(new SocketCalls(libc), replaced);
  return new KernelVsock(() => Promise.resolve({ calls, adopter: new DescriptorAdopter(libc) }));
}

/** Calls of libc with which tests make other descriptors in place of those of vsock. */
async function otherCalls() {
  const libc = await loadLibc();
  const socket = libc.declare<[domain: number, type: number, protocol: number]>(
    'int socket(int domain, int type, int protocol)',
  );
  const bind = libc.declare<[fd: number, address: Buffer, length: number]>(
    'int bind(int fd, void *address, uint32_t length)',
  );
  const dup3 = libc.declare<[from: number, to: number, flags: number]>('int dup3(int from, int to, int flags)');
  return {
    openUnix: () => socket(1, 0o2004001, 0),
    /** An empty path is an abstract address that the kernel chooses. */
    bindUnix: (fd: number, path: string) => void bind(fd, Buffer.from(`\x01\0${path}`), 2 + path.length),
    duplicate: (from: number, to: number) => dup3(from, to, 0o2000000),
  };
}

const failing = (syscall: string, errno: number) => () => {
  throw new SystemCallError(syscall, errno);
};

/** A connection that never completes: a listening unix socket never becomes writable. */
const hanging = async (): Promise<KernelVsock> => {
  const [calls, { openUnix, bindUnix }] = [new SocketCalls(await loadLibc()), await otherCalls()];
  return withCalls({
    open: () => {
      const fd = openUnix();
      bindUnix(fd, '');
      calls.listen(fd, 1);
      return fd;
    },
    connect: failing('connect', 115),
  });
};

describe('the vsock of the kernel', () => {
  afterEach(() => jest.useRealTimers());

  it('fails a connection that hangs, and keeps no descriptor of it', async () => {
    const vsock = await hanging();
    const before = open();
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    let isSettled = false;
    const connecting = vsock.connect({ cid: 9, port: 7 }, { timeoutMs: 2_000 }).finally(() => (isSettled = true));
    connecting.catch(() => undefined);
    await jest.advanceTimersByTimeAsync(1_900);
    await new Promise((resolve) => setImmediate(resolve));
    expect(isSettled).toBe(false);
    await jest.advanceTimersByTimeAsync(4_000);
    await expect(connecting).rejects.toMatchObject({
      reason: 'UNAVAILABLE',
      message: 'connect ETIMEDOUT vsock:9:7: no answer within 2 s',
    });
    expect(openedSince(before)).toEqual([]);
  });

  it('cancels a connection when its signal is aborted, and keeps no descriptor of it', async () => {
    const vsock = await hanging();
    const before = open();
    const controller = new AbortController();
    const connecting = vsock.connect({ cid: 9, port: 7 }, { signal: controller.signal });
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    await expect(connecting).rejects.toMatchObject({ reason: 'CANCELLED' });
    expect(openedSince(before)).toEqual([]);
  });

  it('waits for a connection that is being made', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const tcp = new Socket().connect((server.address() as AddressInfo).port, '127.0.0.1');
    // Node begins to connect after this tick.
    await new Promise((resolve) => process.nextTick(resolve));
    const { duplicate } = await otherCalls();
    const vsock = await withCalls({
      open: () => {
        // A copy of a descriptor that is being connected.
        const fd = openSync('/dev/null', 'r');
        duplicate(descriptorOf(tcp), fd);
        return fd;
      },
      connect: failing('connect', 115),
      localAddress: () => ({ cid: 3, port: 1 }),
    });
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const socket = await vsock.connect({ cid: 9, port: 7 });
    const [peer] = await accepted;
    socket.write('through');
    expect(String((await once(peer, 'data'))[0])).toBe('through');
    expect([socket.remoteAddress, socket.remotePort, socket.localAddress]).toEqual(['vsock:9', 7, 'vsock:3']);
    socket.destroy();
    tcp.destroy();
    server.close();
  });

  it('reports how a connection has failed', async () => {
    const cases: [number, string][] = [
      [97, 'connect EAFNOSUPPORT vsock:9:7: this kernel has no vsock (modprobe vsock), or the unit may not use it'],
      [
        19,
        'connect ENODEV vsock:9:7: no machine has the CID 9, or this kernel has no way to it (modprobe vhost_vsock)',
      ],
      [104, 'connect ECONNRESET vsock:9:7: nothing listens there, or no machine has the CID 9'],
      [110, 'connect ETIMEDOUT vsock:9:7: no answer within 5 s'],
      [12, 'connect ENOMEM vsock:9:7: '],
    ];
    for (const [errno, message] of cases) {
      const vsock = await withCalls({
        open: () => openSync('/dev/null', 'r'),
        connect: failing('connect', errno),
      });
      const before = open();
      await expect(vsock.connect({ cid: 9, port: 7 })).rejects.toThrow(message);
      expect(openedSince(before)).toEqual([]);
    }
  });

  it('reports why it cannot listen', async () => {
    const cases: [number, string][] = [
      [97, 'cannot listen on vsock:3:7: this kernel has no vsock (modprobe vsock), or the unit may not use it'],
      [98, 'cannot listen on vsock:3:7: another process already does'],
      [99, 'cannot listen on vsock:3:7: this machine does not have the CID 3: use its own, or any'],
      [13, 'cannot listen on vsock:3:7: port 7 is only for root: use one from 1024 on'],
    ];
    for (const [errno, message] of cases) {
      const vsock = await withCalls({ open: () => openSync('/dev/null', 'r'), bind: failing('bind', errno) });
      const before = open();
      await expect(vsock.listen(createServer(), { cid: 3, port: 7 })).rejects.toThrow(message);
      expect(openedSince(before)).toEqual([]);
    }
  });

  it('names a peer as unknown that disconnected before its address was read', async () => {
    const { openUnix, bindUnix } = await otherCalls();
    const folder = mkdtempSync(join(tmpdir(), 'givc-'));
    const path = join(folder, 'socket');
    const vsock = await withCalls({
      // A unix server in its place.
      open: openUnix,
      bind: (fd) => bindUnix(fd, path),
      localAddress: () => ({ cid: 3, port: 7 }),
      peerAddress: failing('getpeername', 107),
    });
    const server = createServer();
    await vsock.listen(server, { cid: anyCid, port: anyPort });
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const client = connect(path);
    const [socket] = await accepted;
    expect(socket.remoteAddress).toBe('vsock:unknown');
    client.destroy();
    socket.destroy();
    server.close();
    rmSync(folder, { recursive: true });
  });
});
