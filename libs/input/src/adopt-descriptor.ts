// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Libc } from '@givc/native';
import type { Adopt } from './evdev-device.js';

const [unix, stream, closeOnExec] = [1, 1, 0o2000000];

/**
 * Has a character device read by the event loop, as a socket is: `net` takes sockets only, so it gets one of a pair, whose
 * number is made to mean the device (dup3(2)) before epoll(7) knows of it. Reading by `fs` would hold one of four threads
 * for each device.
 */
export function adopterOf(libc: Libc): Adopt {
  const socketpair = libc.declare<[domain: number, type: number, protocol: number, pair: Buffer]>(
    'int socketpair(int domain, int type, int protocol, void *pair)',
  );
  const dup3 = libc.declare<[from: number, to: number, flags: number]>('int dup3(int from, int to, int flags)');
  return (fd) => {
    const pair = Buffer.alloc(8);
    socketpair(unix, stream | closeOnExec, 0, pair);
    const [ours, other] = [pair.readInt32LE(0), pair.readInt32LE(4)];
    const socket = new Socket({ fd: ours, readable: true, writable: false });
    dup3(fd, ours, closeOnExec);
    closeSync(other);
    return socket;
  };
}
