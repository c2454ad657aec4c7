// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { constants, performServerHandshake, type ServerHttp2Session, type ServerOptions } from 'node:http2';
import type { Socket } from 'node:net';
import type { Address } from '@givc/model';
import type { Vsock } from '@givc/vsock';
import { limitStreamBuffers } from '../node/stream-buffers.js';
import type { TlsIdentity } from '../tls/tls-identity.js';
import type { CallGate } from './call-gate.js';
import type { CallObserver } from './call-observer.js';
import { ServerConnection } from './server-connection.js';
import { firstWindow, limitWindows } from './flow-control.js';
import { HalfOpenConnections } from './half-open-connections.js';
import { IncomingStreams } from './incoming-streams.js';
import { keepAlive, type Keepalive } from './keepalive.js';
import { serverLimits, type ServerLimits } from './limits.js';
import { listenAt, type Listener } from './listener.js';
import type { HandledRpc } from './serve-call.js';
import type { ServerTransport } from './server-transport.js';
import { SocketCalls } from './socket-calls.js';

const drainMs = 150;
/** For callers that vanish without closing; heartbeats show that sooner for agents. Each PING wakes both sides. */
const usual: Keepalive = { everyMs: 30_000, answerMs: 15_000 };

export interface SocketTransportOptions {
  readonly listen: readonly Address[];
  readonly tls: TlsIdentity | undefined;
  readonly observer?: CallObserver | undefined;
  /** Replaces some of `serverLimits`. */
  readonly limits?: Partial<ServerLimits> | undefined;
  /** How many bytes a call may have on their way to its handler, 64 KiB by default. */
  readonly windowBytes?: number;
  /** The interval of pings of a connection, and the time limit of an answer; 30 s and 15 s by default. */
  readonly keepalive?: Keepalive;
  /** Instead of the vsock of the kernel. */
  readonly vsock?: Vsock | undefined;
}

/** gRPC over sockets, on the HTTP/2 of Node. */
export class SocketTransport implements ServerTransport {
  readonly #listeners: Listener[] = [];
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #limits: ServerLimits;
  readonly #http2: ServerOptions;
  /** The listeners of all its addresses. */
  readonly #handshakes: HalfOpenConnections;
  /** The connections that have had no call yet. */
  readonly #unused: HalfOpenConnections;
  #streams: IncomingStreams | undefined;
  #socketCalls: SocketCalls | undefined;
  #isClosed = false;

  constructor(
    private readonly settings: SocketTransportOptions,
    private readonly gate: () => CallGate | undefined = () => undefined,
  ) {
    const { windowBytes, limits } = settings;
    this.#limits = { ...serverLimits, ...limits };
    this.#handshakes = new HalfOpenConnections(this.#limits.handshakes, this.#limits.handshakesOfAddress);
    this.#unused = new HalfOpenConnections(this.#limits.unused, this.#limits.unusedOfPeer);
    limitStreamBuffers();
    this.#http2 = {
      settings: {
        ...{ maxConcurrentStreams: 4_096, maxHeaderListSize: this.#limits.headerBytes },
        ...(windowBytes && firstWindow),
      },
      // What a connection may use is counted for its peer; Node would end one that has more than 10 MB.
      maxSessionMemory: Number.MAX_SAFE_INTEGER,
    };
  }

  async open(rpcs: ReadonlyMap<string, HandledRpc>): Promise<readonly Address[]> {
    const { listen, observer } = this.settings;
    const limits = this.#limits;
    this.#streams = new IncomingStreams(rpcs, limits, observer, this.gate);
    this.#socketCalls = new SocketCalls(rpcs, { unused: this.#unused, gate: this.gate, observer, drainMs });
    try {
      for (const address of listen) this.#listeners.push(await this.#listen(address, this.#socketCalls));
    } catch (error) {
      this.#closeListeners();
      throw error;
    }
    return this.#listeners.map((listener) => listener.address);
  }

  async connections(): Promise<number> {
    const open = await Promise.all(this.#listeners.map((listener) => listener.connections()));
    return open.reduce((sum, one) => sum + one, 0);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#closeListeners();
    for (const session of this.#sessions) session.close();
    const socketsClosed = this.#socketCalls?.close();
    await new Promise<void>((resolve) => {
      const cut = setTimeout(() => {
        for (const session of this.#sessions) session.destroy(undefined, constants.NGHTTP2_CANCEL);
        resolve();
      }, drainMs);
      const endWithTheLast = (): void => {
        if (this.#sessions.size > 0) return;
        clearTimeout(cut);
        resolve();
      };
      for (const session of this.#sessions) session.once('close', endWithTheLast);
      endWithTheLast();
    });
    await socketsClosed;
  }

  #listen(address: Address, sockets: SocketCalls): Promise<Listener> {
    const { tls, vsock } = this.settings;
    const accept = (socket: Socket, peer: string | undefined) => {
      // A connection whose handshake ends after the server has closed would never be closed.
      if (this.#isClosed) socket.destroy();
      else if (peer !== undefined && sockets.speaks(socket)) sockets.accept(socket, peer);
      else this.#accept(socket, peer, sockets);
    };
    return listenAt(address, tls, this.#limits, this.#handshakes, accept, vsock, sockets.protocols);
  }

  /** A connection that may speak HTTP/2, after its TLS handshake. */
  #accept(socket: Socket, origin: string | undefined, sockets: SocketCalls): void {
    if (origin !== undefined) this.#unused.begin(socket, origin);
    const { windowBytes, keepalive } = this.settings;
    const session = performServerHandshake(socket, this.#http2);
    this.#sessions.add(session);
    session.on('error', () => undefined);
    session.once('close', () => this.#sessions.delete(session));
    if (origin !== undefined) session.once('close', sockets.follow(origin));
    session.once('stream', () => this.#unused.end(socket));
    // When a peer violates HTTP/2, Node (20) sends GOAWAY, stops reading and keeps the socket forever, even when the
    // peer has long closed it. A ping without an answer ends that.
    keepAlive(session, keepalive ?? usual);
    if (windowBytes) limitWindows(session, windowBytes);
    this.#streams!.follow(new ServerConnection(session, socket, origin));
  }

  #closeListeners(): void {
    for (const listener of this.#listeners) listener.close();
  }
}
