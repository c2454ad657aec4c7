// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { closeSync } from 'node:fs';
import { Socket, type Server, type SocketConstructorOpts } from 'node:net';
import type { SocketCalls } from './socket-calls.js';

/*
 * `node:net` (Node 20 to 26) takes descriptors of TCP and unix sockets only, and finds out which by asking the kernel. So it
 * gets a unix socket, behind whose number the real one is put before the event loop first looks at it, which is after this
 * tick. What libuv does with a unix stream from then on (read, write, shutdown, accept4, close) is right for every stream.
 * test/kernel guards this.
 */

/** Puts what `fd` is behind the number that Node has taken, and closes `fd`. */
function replace(calls: SocketCalls, fd: number, taken: number): void {
  calls.duplicate(fd, taken);
  closeSync(fd);
}

/** A socket of Node that is what `fd` is, and owns it; when this throws, `fd` is still the caller's. */
export function adoptSocket(calls: SocketCalls, fd: number, options: SocketConstructorOpts = {}): Socket {
  const taken = calls.open('unix');
  let socket: Socket;
  try {
    socket = new Socket({ readable: true, writable: true, ...options, fd: taken });
  } catch (error) {
    closeSync(taken);
    throw error;
  }
  try {
    replace(calls, fd, taken);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return socket;
}

/** Has a server accept from `fd`, which listens, and own it; when this throws, `fd` is still the caller's. */
export function adoptListener(calls: SocketCalls, fd: number, server: Server): void {
  const taken = calls.open('unix');
  try {
    calls.bindUnix(taken);
    server.listen({ fd: taken });
  } catch (error) {
    closeSync(taken);
    throw error;
  }
  replace(calls, fd, taken);
}
