// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { constants, type ServerHttp2Session } from 'node:http2';
import { logVerbosity, Server, ServerCredentials, setLogVerbosity } from '@grpc/grpc-js';
import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Address } from '@givc/model';
import type { Vsock } from '@givc/vsock';
import type { TlsIdentity } from '../tls/tls-identity.js';
import { endAnsweredStreams } from '../grpc-js/answered-streams.js';
import type { CallGate } from './call-gate.js';
import { observing, type CallObserver } from './call-observer.js';
import { peerOf, setPeer } from './connection-peer.js';
import { fixPeer } from '../grpc-js/fixed-peer.js';
import { setWindows } from './flow-control.js';
import { ignoreGoneStreams } from '../grpc-js/gone-streams.js';
import { limitHeaders } from './header-limit.js';
import { HalfOpenConnections } from './half-open-connections.js';
import { IncomingCalls } from './incoming-calls.js';
import { keepAlive, type Keepalive } from './keepalive.js';
import { serverLimits, type ServerLimits } from './limits.js';
import { listenAt, type Listener, type OnConnection } from './listener.js';
import { OpenStreams } from './open-streams.js';
import { takeTurns } from './peer-turns.js';
import type { ServerTransport } from './server-transport.js';
import { onSession } from '../grpc-js/sessions.js';
import { limitStreamBuffers } from '../node/stream-buffers.js';

const drainMs = 150;
/** For callers that vanish without closing; heartbeats show that sooner for agents. Each ping wakes both sides. */
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

/** gRPC over sockets, by grpc-js. */
export class SocketTransport implements ServerTransport {
  readonly #server: Server;
  readonly #listeners: Listener[] = [];
  /** The open connections; grpc-js (1.14.7) knows them only with channelz, so its `forceShutdown` cuts none. */
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #calls: IncomingCalls;
  readonly #limits: ServerLimits;
  /** The listeners of all its addresses. */
  readonly #handshakes: HalfOpenConnections;
  /** The connections that have had no call yet. */
  readonly #unused: HalfOpenConnections;
  #isClosed = false;

  constructor(
    private readonly settings: SocketTransportOptions,
    gate: () => CallGate | undefined = () => undefined,
  ) {
    const { keepalive, observer, windowBytes, limits } = settings;
    this.#limits = { ...serverLimits, ...limits };
    this.#handshakes = new HalfOpenConnections(this.#limits.handshakes, this.#limits.handshakesOfAddress);
    this.#unused = new HalfOpenConnections(this.#limits.unused, this.#limits.unusedOfPeer);
    this.#calls = new IncomingCalls(this.#limits, gate);
    // grpc-js would write data of callers to stderr.
    setLogVerbosity(logVerbosity.NONE);
    limitStreamBuffers();
    this.#server = new Server({
      'grpc.enable_channelz': 0,
      'grpc.max_concurrent_streams': 4096,
      interceptors: [fixPeer, ...(observer ? [observing(observer)] : []), this.#calls.interceptor],
    });
    ignoreGoneStreams(this.#server);
    takeTurns(this.#server);
    limitHeaders(this.#server, this.#limits.headerBytes);
    const streams = new OpenStreams(this.#limits.openStreamsOfPeer);
    onSession(this.#server, (session) => {
      const peer = peerOf(session);
      if (peer !== undefined) streams.follow(session, peer);
    });
    onSession(this.#server, (session) => endAnsweredStreams(session, this.#calls.unfinished));
    // When a peer violates HTTP/2, Node (20) sends GOAWAY, stops reading and keeps the socket forever, even when the
    // peer has long closed it. A ping without an answer ends that.
    onSession(this.#server, (session) => keepAlive(session, keepalive ?? usual));
    onSession(this.#server, (session) => {
      this.#sessions.add(session);
      session.once('close', () => this.#sessions.delete(session));
      session.once('stream', () => this.#unused.end(session.socket));
    });
    if (windowBytes) setWindows(this.#server, windowBytes);
  }

  addService(service: ServiceDefinition, handlers: UntypedServiceImplementation): void {
    this.#server.addService(service, this.#calls.following(service, handlers));
  }

  async open(): Promise<readonly Address[]> {
    const { listen, tls, vsock } = this.settings;
    // The TLS handshake is done when a connection arrives here, so for grpc-js it is one without TLS.
    const injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    const onConnection: OnConnection = (socket, peer) => {
      // A connection whose handshake ends after the server has closed would never be closed.
      if (this.#isClosed) return void socket.destroy();
      if (peer !== undefined) {
        setPeer(socket, peer);
        this.#unused.begin(socket, peer);
      }
      injector.injectConnection(socket);
    };
    try {
      for (const address of listen)
        this.#listeners.push(await listenAt(address, tls, this.#limits, this.#handshakes, onConnection, vsock));
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
    // That it is done is said at once where the server closes its connections itself, as that of Node 24 does.
    this.#server.tryShutdown(() => undefined);
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
  }

  #closeListeners(): void {
    for (const listener of this.#listeners) listener.close();
  }
}
