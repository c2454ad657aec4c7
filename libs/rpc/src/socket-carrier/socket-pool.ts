// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { setMaxListeners } from 'node:events';
import type { TLSSocket } from 'node:tls';
import type { Endpoint } from '@givc/model';
import { Timeout } from '@givc/time';
import type { StreamFrame } from '../generated/socket/socket.js';
import { SocketStreamService } from '../socket-stream.js';
import { IdleConnections } from './idle-connections.js';
import { OutgoingSocketCall } from './outgoing-socket-call.js';
import type { SocketDialer } from './socket-dialer.js';

/** How long a server may take to answer to a socket over an idle connection, before the connection counts as dead. */
const answerMs = 1_000;
const { path: transferPath } = SocketStreamService.transferData;

/**
 * The connections to one server that carry a socket each. A connection whose socket has ended in both directions is
 * kept for the next one, and one more is made ahead while sockets are opened, because a TLS handshake costs more than
 * all else that a new socket needs. Idle connections are closed after 30 s, and when the certificate changes. The
 * server verifies each socket by itself, with its present rules.
 */
export class SocketPool {
  readonly #idle = new IdleConnections();
  readonly #open = new Set<OutgoingSocketCall>();
  readonly #closing = new AbortController();
  readonly #stop: () => void;
  /** Changed when the connections that were made before are not to be used again. */
  #generation = 0;
  #isDialing = false;

  constructor(
    private readonly endpoint: Endpoint,
    private readonly dialer: Pick<SocketDialer, 'open' | 'onNewCertificate'>,
  ) {
    // Each connection that is being opened listens.
    setMaxListeners(0, this.#closing.signal);
    this.#stop = dialer.onNewCertificate(() => this.#renew());
  }

  /**
   * The call of a socket over an idle connection, when the server has accepted or rejected it; undefined when there is
   * no connection that works. Until then nothing can be written, so that nothing is lost or sent twice.
   */
  async reuse(): Promise<OutgoingSocketCall | undefined> {
    const socket = this.#idle.take();
    if (!socket) return undefined;
    const call = this.#call(socket, this.#generation);
    if (await isAnswered(call)) return call;
    call.cancel();
    // The others are probably dead as well.
    this.#idle.clear();
    return undefined;
  }

  /**
   * The call of a socket over a new connection; what is written to it goes out at once. Otherwise as
   * `SocketDialer.open`.
   */
  async dial(): Promise<OutgoingSocketCall | undefined> {
    const generation = this.#generation;
    const socket = await this.dialer.open(this.endpoint, this.#closing.signal);
    return socket && this.#call(socket, generation);
  }

  /** Closes all connections; further ones may be opened. */
  cut(): void {
    this.#renew();
    for (const call of this.#open) call.cancel();
  }

  /** Closes all connections; attempts to open one are given up. */
  close(): void {
    this.#stop();
    this.#closing.abort();
    this.cut();
  }

  #renew(): void {
    this.#generation++;
    this.#idle.clear();
  }

  #call(socket: TLSSocket, generation: number): OutgoingSocketCall {
    const call = new OutgoingSocketCall(socket, transferPath, () => this.#keep(socket, generation));
    this.#open.add(call);
    call.once('close', () => this.#open.delete(call));
    // Not before it has answered, because the handshake would delay the first bytes; a socket that ends leaves its own.
    call.once('data', ({ Eof }: StreamFrame) => {
      if (!Eof) void this.#dialAhead();
    });
    return call;
  }

  #keep(socket: TLSSocket, generation: number): void {
    if (generation === this.#generation) this.#idle.put(socket);
    else socket.destroySoon();
  }

  /** Makes one connection for the next socket. */
  async #dialAhead(): Promise<void> {
    if (this.#idle.count > 0 || this.#isDialing || this.#closing.signal.aborted) return;
    this.#isDialing = true;
    const generation = this.#generation;
    try {
      const socket = await this.dialer.open(this.endpoint, this.#closing.signal);
      if (socket) this.#keep(socket, generation);
    } catch {
      // The next socket tries again, and reports it.
    } finally {
      this.#isDialing = false;
    }
  }
}

/** Whether the server answers in time. */
async function isAnswered(call: OutgoingSocketCall): Promise<boolean> {
  let limit: Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    limit = new Timeout(answerMs, () => resolve(false), { unref: true });
  });
  const isInTime = await Promise.race([call.answered(), late]);
  limit!.cancel();
  return isInTime;
}
