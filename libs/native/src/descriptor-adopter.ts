// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { closeSync } from 'node:fs';
import { Socket, type Server, type SocketConstructorOpts } from 'node:net';
import { endianness } from 'node:os';
import type { Libc, SystemCall } from './libc.js';

const [AF_UNIX, SOCK_STREAM, SOCK_NONBLOCK, SOCK_CLOEXEC, O_CLOEXEC] = [1, 1, 0o4000, 0o2000000, 0o2000000];

/** A `struct sockaddr_un` of its family only: the kernel chooses an abstract address (unix(7), autobind). */
const anyUnixAddress = Buffer.from(endianness() === 'LE' ? [AF_UNIX, 0] : [0, AF_UNIX]);

/**
 * Makes sockets and servers of `node:net` from descriptors of other kinds, such as vsock, epoll(7) and evdev. The
 * descriptor that is passed stays the caller's: the socket or server has its own, for the same open file.
 *
 * `node:net` (Node 20 to 26) takes descriptors of TCP and unix sockets only, and asks the kernel which it is. So it
 * gets a unix socket, whose number is made to mean the open file (dup3(2)) before the event loop first looks at it,
 * which is after this tick. What libuv does with a unix stream from then on (read, write, shutdown, accept4, close) is
 * right for every stream, and does not block where the open file has O_NONBLOCK. Tests: descriptor-adopter.spec.ts,
 * test/kernel.
 */
export class DescriptorAdopter {
  readonly #socket: SystemCall<[domain: number, type: number, protocol: number]>;
  readonly #bind: SystemCall<[fd: number, address: Buffer, length: number]>;
  readonly #dup3: SystemCall<[from: number, to: number, flags: number]>;

  constructor(libc: Libc) {
    this.#socket = libc.declare('int socket(int domain, int type, int protocol)');
    this.#bind = libc.declare('int bind(int fd, void *address, uint32_t length)');
    this.#dup3 = libc.declare('int dup3(int from, int to, int flags)');
  }

  /** A socket that reads and writes the open file of `fd`. Throws a `SystemCallError`. */
  socket(fd: number, options: SocketConstructorOpts = {}): Socket {
    const own = this.#unixSocket();
    const socket = closingOnError(own, () => new Socket({ readable: true, writable: true, ...options, fd: own }));
    try {
      this.#dup3(fd, own, O_CLOEXEC);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return socket;
  }

  /**
   * Has the server accept connections from the open file of `fd`, a socket that listens. Throws a `SystemCallError`.
   */
  listen(fd: number, server: Server): void {
    const own = this.#unixSocket();
    closingOnError(own, () => {
      this.#bind(own, anyUnixAddress, anyUnixAddress.length);
      server.listen({ fd: own });
    });
    try {
      this.#dup3(fd, own, O_CLOEXEC);
    } catch (error) {
      server.close();
      throw error;
    }
  }

  #unixSocket(): number {
    return this.#socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  }
}

function closingOnError<T>(fd: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
