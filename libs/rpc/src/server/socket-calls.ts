// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { GivcError } from '@givc/model';
import type { CallGate } from './call-gate.js';
import type { CallObserver } from './call-observer.js';
import type { HalfOpenConnections } from './half-open-connections.js';
import type { HandledRpc } from './serve-call.js';
import type { StreamingCall } from './streaming-call.js';
import { SocketStreamService } from '../socket-stream.js';
import { IncomingSocketCall } from './incoming-socket-call.js';
import { socketProtocol } from '../socket-carrier/records.js';

const { path: transferPath } = SocketStreamService.transferData;
/** How long a connection may have no call: before its first one, and after each. Clients keep it for half as long. */
const unusedMs = 60_000;

export interface SocketCallsOptions {
  /** Counts the connections without a call, and closes those beyond its limits. */
  readonly unused: HalfOpenConnections;
  readonly gate: () => CallGate | undefined;
  readonly observer?: CallObserver | undefined;
  /** How long a connection that is ended may take to close, in milliseconds. */
  readonly drainMs: number;
}

/** The connections of a server that carry a socket each, one after another, instead of the streams of HTTP/2. */
export class SocketCalls {
  readonly #rpc: HandledRpc | undefined;
  /** The connections by their present call, and the peer of each. */
  readonly #open = new Map<IncomingSocketCall, string>();
  /** Those without a call. */
  readonly #unused = new Set<IncomingSocketCall>();
  #isClosing = false;
  /** The number of connections by HTTP/2 of each peer. */
  readonly #sessions = new Map<string, number>();

  /** Calls of `TransferData` are handled, if that is one of the rpcs. */
  constructor(
    rpcs: ReadonlyMap<string, HandledRpc>,
    private readonly options: SocketCallsOptions,
  ) {
    this.#rpc = rpcs.get(transferPath);
  }

  /** The protocols that the server offers in TLS, in order of preference. */
  get protocols(): readonly string[] {
    return this.#rpc ? [socketProtocol, 'h2'] : ['h2'];
  }

  /** Whether TLS has agreed on this protocol for the connection. */
  speaks(socket: Socket): socket is TLSSocket {
    return 'alpnProtocol' in socket && socket.alpnProtocol === socketProtocol;
  }

  /** Counts an HTTP/2 connection of a peer; returns a function to call when it has closed. */
  follow(peer: string): () => void {
    this.#sessions.set(peer, (this.#sessions.get(peer) ?? 0) + 1);
    return () => {
      const left = this.#sessions.get(peer)! - 1;
      if (left > 0) return void this.#sessions.set(peer, left);
      this.#sessions.delete(peer);
      // The pings of HTTP/2 were the only sign that the peer is there: data of a socket may wait for a long time.
      for (const [call, owner] of this.#open) if (owner === peer) call.destroy();
    };
  }

  /** Accepts a connection, whose peer has to name its call, and after each call the next one, within 60 s. */
  accept(socket: TLSSocket, peer: string): void {
    const { unused } = this.options;
    const late = setTimeout(() => call.destroy(), unusedMs).unref();
    const use = () => {
      clearTimeout(late);
      if (this.#unused.delete(call)) unused.end(socket);
    };
    const call = new IncomingSocketCall(
      socket,
      () => {
        use();
        this.#begin(call);
      },
      () => {
        if (this.#isClosing) socket.destroySoon();
        else this.accept(socket, peer);
      },
    );
    this.#open.set(call, peer);
    this.#unused.add(call);
    call.once('close', () => {
      use();
      this.#open.delete(call);
    });
    unused.begin(socket, peer);
  }

  /** Resolves when all have closed; those with a call are closed after `drainMs`. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const call of this.#unused) call.destroy();
    const closed = [...this.#open.keys()].map((call) => new Promise((resolve) => void call.once('close', resolve)));
    const cut = setTimeout(() => {
      for (const call of this.#open.keys()) call.destroy();
    }, this.options.drainMs);
    await Promise.all(closed);
    clearTimeout(cut);
  }

  #begin(call: IncomingSocketCall): void {
    const rpc = call.getPath().slice(1);
    const ended = rpc === transferPath.slice(1) ? this.options.observer?.began(rpc, false) : undefined;
    if (ended) call.once('close', () => ended(call.sentStatus));
    try {
      if (call.getPath() !== transferPath)
        throw new GivcError('UNIMPLEMENTED', 'this rpc has no connection of its own');
      this.options.gate()?.open(call);
      // Its handler reads and writes frames, as those of a stream.
      this.#rpc!.handle(call as unknown as StreamingCall, undefined);
    } catch (error) {
      call.fail(error);
    }
  }
}
