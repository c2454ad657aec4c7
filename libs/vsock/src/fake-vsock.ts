// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Server, type Socket } from 'node:net';
import { GivcError } from '@givc/model';
import { SystemCallError } from '@givc/native';
import { nameSocket } from './named-socket.js';
import { connectError, listenError } from './vsock-errors.js';
import { anyCid, anyPort, connectTimeoutMs, format, Vsock, type ConnectOptions, type VsockAddress } from './vsock.js';

const [EADDRINUSE, EADDRNOTAVAIL, ENODEV, ECONNRESET, ETIMEDOUT] = [98, 99, 19, 104, 110];
const firstFreePort = 1_024;

interface Listener {
  readonly server: Server;
  readonly path: string;
  /** Connections are made one after another, so that it is known which one is accepted next. */
  last: Promise<unknown>;
  peer: VsockAddress;
}

/** Simulated machines with CIDs in one process, whose vsock uses unix sockets, for tests without a kernel. */
export class FakeVsockNetwork {
  readonly #listeners = new Map<string, Listener>();
  readonly #cids = new Set<number>();
  readonly #hanging = new Set<number>();
  #nextPort = firstFreePort;

  /** The vsock of the machine with this CID. */
  machine(cid: number): Vsock {
    this.#cids.add(cid);
    return new FakeVsock(this, cid);
  }

  /** Connections to this CID get no answer from now on. */
  hang(cid: number): void {
    this.#hanging.add(cid);
  }

  async listen(own: number, server: Server, address: VsockAddress): Promise<VsockAddress> {
    if (address.cid !== anyCid && address.cid !== own) throw new SystemCallError('bind', EADDRNOTAVAIL);
    const port = address.port === anyPort ? this.#nextPort++ : address.port;
    const key = `${own}:${port}`;
    // A server that closes frees its port at once, also while it still has connections.
    if (this.#listeners.get(key)?.server.listening) throw new SystemCallError('bind', EADDRINUSE);
    const local = { cid: own, port };
    const listener: Listener = { server, path: `\0givc-${randomUUID()}`, last: Promise.resolve(), peer: local };
    this.#listeners.set(key, listener);
    server.prependListener('connection', (socket: Socket) => nameSocket(socket, local, listener.peer));
    server.once('close', () => {
      if (this.#listeners.get(key) === listener) this.#listeners.delete(key);
    });
    await once(server.listen(listener.path), 'listening');
    return { cid: address.cid, port };
  }

  async connect(own: number, address: VsockAddress, { allowHalfOpen, signal }: ConnectOptions): Promise<Socket> {
    if (this.#hanging.has(address.cid)) {
      await once(signal!, 'abort');
      signal!.throwIfAborted();
    }
    if (!this.#cids.has(address.cid)) throw new SystemCallError('connect', ENODEV);
    const listener = this.#listeners.get(`${address.cid}:${address.port}`);
    if (!listener) throw new SystemCallError('connect', ECONNRESET);
    const local = { cid: own, port: this.#nextPort++ };
    const connecting = listener.last.then(async () => {
      if (!listener.server.listening) throw new SystemCallError('connect', ECONNRESET);
      listener.peer = local;
      const accepted = once(listener.server, 'connection');
      const socket = connect({ path: listener.path, allowHalfOpen: allowHalfOpen ?? false });
      await Promise.all([once(socket, 'connect'), accepted]);
      nameSocket(socket, local, address);
      return socket;
    });
    listener.last = connecting.catch(() => undefined);
    return connecting;
  }
}

class FakeVsock extends Vsock {
  constructor(
    private readonly network: FakeVsockNetwork,
    private readonly cid: number,
  ) {
    super();
  }

  async listen(server: Server, address: VsockAddress): Promise<VsockAddress> {
    try {
      return await this.network.listen(this.cid, server, address);
    } catch (error) {
      throw listenError(error, address);
    }
  }

  async connect(address: VsockAddress, options: ConnectOptions = {}): Promise<Socket> {
    const { timeoutMs = connectTimeoutMs, signal } = options;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new SystemCallError('connect', ETIMEDOUT)), timeoutMs);
    const cancel = () =>
      limit.abort(new GivcError('CANCELLED', `the connection to ${format(address)} is not wanted any more`));
    if (signal?.aborted) cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      limit.signal.throwIfAborted();
      return await this.network.connect(this.cid, address, { ...options, signal: limit.signal });
    } catch (error) {
      throw connectError(error, address, timeoutMs);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    }
  }
}
