// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { endianness } from 'node:os';
import type { Libc } from '@givc/native';
import type { VsockAddress } from './vsock.js';

const [AF_VSOCK, SOCK_STREAM, SOCK_NONBLOCK, SOCK_CLOEXEC] = [40, 1, 0o4000, 0o2000000];
const [SOL_SOCKET, SO_ERROR] = [1, 4];
const [EPOLL_CLOEXEC, EPOLL_CTL_ADD, EPOLLOUT] = [0o2000000, 1, 4];

const isLittle = endianness() === 'LE';
const write32 = (bytes: Buffer, value: number, offset: number) =>
  isLittle ? bytes.writeUInt32LE(value, offset) : bytes.writeUInt32BE(value, offset);
const read32 = (bytes: Buffer, offset: number) => (isLittle ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset));
const number32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  write32(bytes, value, 0);
  return bytes;
};

/** `struct sockaddr_vm`: the family, port and CID, and zeros. */
function encode({ cid, port }: VsockAddress): Buffer {
  const bytes = Buffer.alloc(16);
  if (isLittle) bytes.writeUInt16LE(AF_VSOCK);
  else bytes.writeUInt16BE(AF_VSOCK);
  write32(bytes, port, 4);
  write32(bytes, cid, 8);
  return bytes;
}

/** The calls of sockets that Node does not have, with descriptors; each throws a `SystemCallError`. */
export class SocketCalls {
  readonly #socket;
  readonly #bind;
  readonly #listen;
  readonly #connect;
  readonly #getsockname;
  readonly #getpeername;
  readonly #getsockopt;
  readonly #epollCreate;
  readonly #epollCtl;

  constructor(libc: Libc) {
    type Address = [fd: number, address: Buffer, length: number];
    type Name = [fd: number, address: Buffer, length: Buffer];
    this.#socket = libc.declare<[domain: number, type: number, protocol: number]>(
      'int socket(int domain, int type, int protocol)',
    );
    this.#bind = libc.declare<Address>('int bind(int fd, void *address, uint32_t length)');
    this.#listen = libc.declare<[fd: number, backlog: number]>('int listen(int fd, int backlog)');
    this.#connect = libc.declare<Address>('int connect(int fd, void *address, uint32_t length)');
    this.#getsockname = libc.declare<Name>('int getsockname(int fd, void *address, void *length)');
    this.#getpeername = libc.declare<Name>('int getpeername(int fd, void *address, void *length)');
    this.#getsockopt = libc.declare<[fd: number, level: number, name: number, value: Buffer, length: Buffer]>(
      'int getsockopt(int fd, int level, int name, void *value, void *length)',
    );
    this.#epollCreate = libc.declare<[flags: number]>('int epoll_create1(int flags)');
    this.#epollCtl = libc.declare<[epoll: number, operation: number, fd: number, event: Buffer]>(
      'int epoll_ctl(int epoll, int operation, int fd, void *event)',
    );
  }

  /** A non-blocking vsock socket that is closed in child processes. */
  open(): number {
    return this.#socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  }

  bind(fd: number, address: VsockAddress): void {
    this.#bind(fd, encode(address), 16);
  }

  listen(fd: number, backlog: number): void {
    this.#listen(fd, backlog);
  }

  /** Throws EINPROGRESS when the attempt has begun. */
  connect(fd: number, address: VsockAddress): void {
    this.#connect(fd, encode(address), 16);
  }

  /** The result of an attempt to connect: a number of errno(3), 0 for success. */
  errorOf(fd: number): number {
    const value = number32(0);
    this.#getsockopt(fd, SOL_SOCKET, SO_ERROR, value, number32(4));
    return read32(value, 0);
  }

  localAddress(fd: number): VsockAddress {
    return this.#name(this.#getsockname, fd);
  }

  peerAddress(fd: number): VsockAddress {
    return this.#name(this.#getpeername, fd);
  }

  /** A descriptor of epoll(7) that can be read once a socket can be written, or has failed. */
  epollWritable(fd: number): number {
    const epoll = this.#epollCreate(EPOLL_CLOEXEC);
    const event = Buffer.alloc(16);
    write32(event, EPOLLOUT, 0);
    this.#epollCtl(epoll, EPOLL_CTL_ADD, fd, event);
    return epoll;
  }

  #name(call: (fd: number, address: Buffer, length: Buffer) => number, fd: number): VsockAddress {
    const bytes = Buffer.alloc(16);
    call(fd, bytes, number32(16));
    return { port: read32(bytes, 4), cid: read32(bytes, 8) };
  }
}
