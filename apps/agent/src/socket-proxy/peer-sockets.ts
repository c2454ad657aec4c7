// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { setMaxListeners } from 'node:events';
import type { Endpoint } from '@givc/model';
import {
  halfCloseKey,
  services,
  type ChannelState,
  type OutgoingSocketCall,
  type RpcChannel,
  type SocketDialer,
} from '@givc/rpc';
import type { Frames } from './transfer-call.js';

const { transferData } = services['socketproxy.SocketStream'];

/** The client's end of a `TransferData` call; it emits `metadata` when the server has accepted it. */
export interface OutgoingTransfer extends Frames {
  cancel(): void;
}

/**
 * The sockets of a peer. Each has a TLS connection of its own, or a stream of the channel where there is no TLS, or the
 * peer only knows the contract. The connections last no longer than that of the channel, whose probe notices a peer
 * that is gone.
 */
export class PeerSockets {
  readonly #connections = new Set<OutgoingSocketCall>();
  readonly #closing = new AbortController();
  /** Whether the peer is known to speak HTTP/2 only, since the channel was connected last. */
  #hasOnlyStreams = false;
  #waiting: (() => void)[] = [];

  /** `dialer` opens the connections; without it, all are streams. */
  constructor(
    private readonly peer: Endpoint,
    private readonly channel: RpcChannel,
    private readonly dialer: SocketDialer | undefined,
  ) {
    // Each connection that is being opened listens.
    setMaxListeners(0, this.#closing.signal);
    channel.onState((state) => this.#see(state));
  }

  /** Opens a connection for one socket. Resolves with undefined where the socket gets a stream. */
  async connect(): Promise<OutgoingTransfer | undefined> {
    if (!this.dialer || this.#hasOnlyStreams) return undefined;
    await this.#attempted();
    const connection = await this.#connect(this.dialer);
    if (this.#closing.signal.aborted) connection?.cancel();
    return connection;
  }

  /** A stream for one socket, which fails by its events when there is no connection. */
  stream(): OutgoingTransfer {
    return this.channel.duplex(transferData, { metadata: { [halfCloseKey]: '1' } });
  }

  close(): void {
    this.#closing.abort();
    this.#cut();
    this.#wake();
  }

  async #connect(dialer: SocketDialer): Promise<OutgoingSocketCall | undefined> {
    if (this.#hasOnlyStreams || this.channel.state !== 'READY') return undefined;
    try {
      const connection = await dialer.open(this.peer, this.#closing.signal);
      if (!connection) return void (this.#hasOnlyStreams = true);
      this.#connections.add(connection);
      connection.once('close', () => this.#connections.delete(connection));
      return connection;
    } catch {
      return undefined;
    }
  }

  /** Resolves when an attempt of the channel to connect has succeeded or failed. */
  async #attempted(): Promise<void> {
    const isAttempting = this.channel.state === 'IDLE' || this.channel.state === 'CONNECTING';
    if (isAttempting && !this.#closing.signal.aborted)
      await new Promise<void>((resolve) => void this.#waiting.push(resolve));
  }

  #see(state: ChannelState): void {
    switch (state) {
      case 'READY':
        // It may be another program now.
        this.#hasOnlyStreams = false;
        return this.#wake();
      case 'IDLE':
      case 'CONNECTING':
        return this.#cut();
      case 'TRANSIENT_FAILURE':
      case 'SHUTDOWN':
        this.#cut();
        return this.#wake();
    }
  }

  #cut(): void {
    for (const connection of this.#connections) connection.cancel();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
