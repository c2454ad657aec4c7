// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { closeSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { GivcError } from '@givc/model';
import { DescriptorAdopter, loadLibc, SystemCallError } from '@givc/native';
import { Timeout } from '@givc/time';
import { descriptorOf, nameSocket } from './named-socket.js';
import { SocketCalls } from './socket-calls.js';
import { connectError, listenError } from './vsock-errors.js';
import { connectTimeoutMs, format, Vsock, type ConnectOptions, type VsockAddress } from './vsock.js';
import { whenWritable } from './when-writable.js';

const backlog = 511;

/** The functions of the kernel that this uses; tests replace some of them. */
export interface KernelSockets {
  readonly calls: SocketCalls;
  readonly adopter: DescriptorAdopter;
}

let loaded: Promise<KernelSockets> | undefined;
const loadSockets = (): Promise<KernelSockets> =>
  (loaded ??= loadLibc().then((libc) => ({ calls: new SocketCalls(libc), adopter: new DescriptorAdopter(libc) })));

/** The vsock of the kernel, loaded when it is first used. */
export class KernelVsock extends Vsock {
  constructor(private readonly load: () => Promise<KernelSockets> = loadSockets) {
    super();
  }

  async listen(server: Server, address: VsockAddress): Promise<VsockAddress> {
    try {
      const local = this.#open(await this.load(), server, address);
      await once(server, 'listening');
      return local;
    } catch (error) {
      throw listenError(error, address);
    }
  }

  #open({ calls, adopter }: KernelSockets, server: Server, address: VsockAddress): VsockAddress {
    const fd = calls.open();
    try {
      calls.bind(fd, address);
      calls.listen(fd, backlog);
      const local = calls.localAddress(fd);
      adopter.listen(fd, server);
      server.prependListener('connection', (socket: Socket) => nameAccepted(calls, socket, local));
      return { ...address, port: local.port };
    } finally {
      closeSync(fd);
    }
  }

  async connect(address: VsockAddress, options: ConnectOptions = {}): Promise<Socket> {
    const { timeoutMs = connectTimeoutMs, signal, allowHalfOpen = false } = options;
    const aborted = () => new GivcError('CANCELLED', `the connection to ${format(address)} is not wanted any more`);
    if (signal?.aborted) throw aborted();
    const limit = new AbortController();
    const onAbort = () => limit.abort(aborted());
    signal?.addEventListener('abort', onAbort, { once: true });
    const timeout = new Timeout(timeoutMs, () => limit.abort(new SystemCallError('connect', 110)));
    try {
      return await connected(await this.load(), address, allowHalfOpen, limit.signal);
    } catch (error) {
      throw connectError(limit.signal.aborted ? limit.signal.reason : error, address, timeoutMs);
    } finally {
      timeout.cancel();
      signal?.removeEventListener('abort', onAbort);
    }
  }
}

async function connected(
  sockets: KernelSockets,
  address: VsockAddress,
  allowHalfOpen: boolean,
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted();
  const { calls, adopter } = sockets;
  const fd = calls.open();
  try {
    await begin(sockets, fd, address, signal);
    const local = calls.localAddress(fd);
    const socket = adopter.socket(fd, { allowHalfOpen });
    nameSocket(socket, local, address);
    return socket;
  } finally {
    closeSync(fd);
  }
}

async function begin(
  { calls, adopter }: KernelSockets,
  fd: number,
  address: VsockAddress,
  signal: AbortSignal,
): Promise<void> {
  try {
    calls.connect(fd, address);
  } catch (error) {
    if (!(error instanceof SystemCallError) || error.code !== 'EINPROGRESS') throw error;
    await whenWritable(calls, adopter, fd, signal);
    signal.throwIfAborted();
    const errno = calls.errorOf(fd);
    if (errno !== 0) throw new SystemCallError('connect', errno);
  }
}

function nameAccepted(calls: SocketCalls, socket: Socket, local: VsockAddress): void {
  let peer: VsockAddress | undefined;
  try {
    peer = calls.peerAddress(descriptorOf(socket));
  } catch {
    // The peer has already disconnected.
  }
  nameSocket(socket, local, peer);
}
