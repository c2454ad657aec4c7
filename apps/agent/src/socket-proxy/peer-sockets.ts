// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  halfCloseKey,
  services,
  type ChannelState,
  type OutgoingSocketCall,
  type RpcChannel,
  type SocketPool,
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
  #isClosed = false;
  /** Whether the peer is known to speak HTTP/2 only, since the channel was connected last. */
  #hasOnlyStreams = false;
  #waiting: (() => void)[] = [];

  /** `pool` has the connections; without it, all are streams. */
  constructor(
    private readonly channel: RpcChannel,
    private readonly pool: SocketPool | undefined,
  ) {
    channel.onState((state) => this.#see(state));
  }

  /** Opens a connection for one socket. Resolves with undefined where the socket gets a stream. */
  async connect(): Promise<OutgoingTransfer | undefined> {
    if (!this.pool || this.#hasOnlyStreams) return undefined;
    await this.#attempted();
    const connection = (await this.pool.reuse()) ?? (await this.#dial(this.pool));
    if (this.#isClosed) connection?.cancel();
    return connection;
  }

  /** A stream for one socket, which fails by its events when there is no connection. */
  stream(): OutgoingTransfer {
    return this.channel.duplex(transferData, { metadata: { [halfCloseKey]: '1' } });
  }

  close(): void {
    this.#isClosed = true;
    this.pool?.close();
    this.#wake();
  }

  async #dial(pool: SocketPool): Promise<OutgoingSocketCall | undefined> {
    if (this.#hasOnlyStreams || this.channel.state !== 'READY') return undefined;
    try {
      const connection = await pool.dial();
      if (!connection) this.#hasOnlyStreams = true;
      return connection;
    } catch {
      return undefined;
    }
  }

  /** Resolves when an attempt of the channel to connect has succeeded or failed. */
  async #attempted(): Promise<void> {
    const isAttempting = this.channel.state === 'IDLE' || this.channel.state === 'CONNECTING';
    if (isAttempting && !this.#isClosed) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
  }

  #see(state: ChannelState): void {
    switch (state) {
      case 'READY':
        // It may be another program now.
        this.#hasOnlyStreams = false;
        return this.#wake();
      case 'IDLE':
      case 'CONNECTING':
        return this.pool?.cut();
      case 'TRANSIENT_FAILURE':
      case 'SHUTDOWN':
        this.pool?.cut();
        return this.#wake();
    }
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
