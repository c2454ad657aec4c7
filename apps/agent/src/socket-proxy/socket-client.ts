// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createServer, type Server, type Socket } from 'node:net';
import { formatAddress, GivcError, messageOf, type Endpoint } from '@givc/model';
import { LogOnce, type Log } from '@givc/log';
import { problemOf, RpcChannel, SocketPool, type Dialer, type SocketDialer } from '@givc/rpc';
import { PeerProbe } from '../proxy/peer-probe.js';
import { PeerSockets, type OutgoingTransfer } from './peer-sockets.js';
import type { RejectedUsers } from './rejected-users.js';
import { listenAtFile, type SocketFile } from './socket-file.js';
import { splice } from './splice.js';
import { clientFrameBytes, clientWindowBytes, supportsHalfClose, type TransferMetadata } from './transfer-call.js';

export interface SocketClientOptions {
  readonly file: SocketFile;
  readonly peer: Endpoint;
  readonly maxConnections: number;
  /** Receives the users whose clients a bus behind the socket rejects. */
  readonly rejectedUsers: Pick<RejectedUsers, 'add'>;
}

/**
 * A socket of this machine for a socket of another machine: each connection to it is a call to the agent there. A
 * connection that cannot be made there is closed here at once.
 */
export class SocketClient {
  readonly #channel: RpcChannel;
  readonly #peer: PeerSockets;
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  readonly #probe: PeerProbe;
  readonly #problems = new LogOnce();
  #stop: () => void = () => undefined;

  constructor(
    private readonly options: SocketClientOptions,
    dialer: Dialer,
    sockets: SocketDialer | undefined,
    private readonly log: Log,
  ) {
    this.#channel = new RpcChannel(options.peer, dialer, {
      windowBytes: clientWindowBytes,
      messageBytes: clientFrameBytes,
    });
    this.#peer = new PeerSockets(this.#channel, sockets && new SocketPool(options.peer, sockets));
    this.#probe = new PeerProbe(this.#channel);
    this.#server = createServer({ allowHalfOpen: true }, (socket) => void this.#accept(socket));
    this.#server.maxConnections = options.maxConnections;
    this.#server.on('drop', () => this.#warnOnce(`it has ${options.maxConnections} connections already`));
  }

  /** Resolves once the socket exists. Rejects with FAILED_PRECONDITION when it cannot be made. */
  async listen(): Promise<void> {
    this.#stop = await listenAtFile(this.#server, this.options.file);
    this.#channel.keepConnected();
  }

  /** Removes the socket and ends its connections. */
  close(): void {
    this.#stop();
    this.#probe.stop();
    this.#channel.close();
    this.#peer.close();
    for (const socket of this.#open) socket.destroy();
  }

  async #accept(socket: Socket): Promise<void> {
    this.#open.add(socket);
    this.#probe.start();
    // The socket may break before its call is there.
    socket.on('error', () => undefined);
    try {
      const connection = await this.#peer.connect();
      if (socket.destroyed) connection?.cancel();
      else await this.#join(socket, connection ?? this.#peer.stream());
    } finally {
      this.#open.delete(socket);
      if (this.#open.size === 0) this.#probe.stop();
    }
  }

  async #join(socket: Socket, call: OutgoingTransfer): Promise<void> {
    let halfCloses = false;
    call.once('metadata', (metadata: TransferMetadata) => {
      halfCloses = supportsHalfClose(metadata);
      this.#problems.end('connections');
    });
    try {
      await splice(socket, call, {
        client: 'socket',
        halfCloses: () => halfCloses,
        onRejectedUser: (uid) => this.options.rejectedUsers.add(uid),
      });
    } catch (error) {
      call.cancel();
      this.#failed(error);
    }
  }

  /** A broken socket is not the proxy's fault, so it is logged at debug level. */
  #failed(error: unknown): void {
    if (error instanceof GivcError && error.reason === 'ABORTED') this.log.debug('socket proxy', this.#fields(error));
    else this.#warnOnce(messageOf(error), problemOf(error));
  }

  /** Logs each problem once, until a connection succeeds. */
  #warnOnce(error: string, problem = error): void {
    if (this.#problems.isNew('connections', problem))
      this.log.warn('socket proxy: a connection was closed', this.#fields(error));
  }

  #fields(error: unknown): Record<string, string> {
    const { file, peer } = this.options;
    return { socket: file.path, peer: peer.name, address: formatAddress(peer.address), error: messageOf(error) };
  }
}
