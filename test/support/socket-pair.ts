// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Access } from '@givc/access';
import { Log } from '@givc/log';
import { parseVmName, type Endpoint } from '@givc/model';
import { GrpcDialer, SocketDialer, type TlsMaterial } from '@givc/rpc';
import { identityOf, testAccess, testAuthority, tlsMaterial, type TestRecord } from '@givc/testing';
import { SocketClient } from '../../apps/agent/src/socket-proxy/socket-client.js';
import { serveSocket, type SocketServer } from '../../apps/agent/src/socket-proxy/socket-server.js';

const authority = testAuthority();

/** By which the bytes of a socket get to the other machine. */
export type Carrier = 'connection' | 'stream';
export const carriers: readonly Carrier[] = ['connection', 'stream'];

export interface SocketPairOptions {
  /** The only name that the server accepts; by default that of the client. */
  readonly permitted?: string;
  readonly rules?: string;
  readonly maxConnections?: number;
  /** The duration for which the client's certificate is valid. */
  readonly clientDays?: number;
  /** What carries the bytes between the machines: a connection for each socket unless said. */
  readonly carrier?: Carrier;
}

/**
 * The socket of a service in `net-vm`, and the socket in `gui-vm` that leads to it: both ends of a socket proxy in this
 * process, with real sockets, gRPC and TLS between them.
 */
export class SocketPair {
  readonly folder = mkdtempSync(join(tmpdir(), 'givc-'));
  readonly servicePath = join(this.folder, 'service');
  readonly path = join(this.folder, 'proxy');
  readonly lines: string[] = [];
  readonly log = new Log('info', (line) => this.lines.push(line.trimEnd()), false);
  access!: Access;
  record!: TestRecord;
  server!: SocketServer;
  client!: SocketClient;
  #services = new Set<Server>();
  #sockets = new Set<Socket>();

  static async start(options: SocketPairOptions = {}): Promise<SocketPair> {
    const pair = new SocketPair();
    await pair.startServer(options);
    pair.client = pair.makeClient(options);
    await pair.client.listen();
    return pair;
  }

  /** The TLS material of a machine. */
  material(name: string, days?: number): TlsMaterial {
    return tlsMaterial(authority, { name, ...(days !== undefined && { days }) });
  }

  get endpoint(): Endpoint {
    return { name: parseVmName('name', 'net-vm'), address: this.server.address };
  }

  async startServer({ permitted = 'gui-vm', rules, maxConnections = 256 }: SocketPairOptions, port = 0): Promise<void> {
    const tls = this.material('net-vm');
    const { access, record } = await testAccess('permission denied by access control policy', { tls, rules });
    this.access = access;
    this.record = record;
    const served = {
      socket: this.servicePath,
      permittedPeer: parseVmName('permitted', permitted),
      maxConnections,
      rejectedUsers: new Set<string>(),
    };
    this.server = await serveSocket(served, { protocol: 'tcp', host: '127.0.0.1', port }, access, this.log);
  }

  makeClient(
    { maxConnections = 256, clientDays, carrier = 'connection' }: SocketPairOptions = {},
    path = this.path,
    peer = this.endpoint,
  ): SocketClient {
    const identity = identityOf(this.material('gui-vm', clientDays));
    const file = { path, owner: undefined, group: undefined, mode: 0o770 };
    return new SocketClient(
      { file, peer, maxConnections, rejectedUsers: new Set<string>() },
      new GrpcDialer(identity),
      carrier === 'connection' ? new SocketDialer(identity!) : undefined,
      this.log,
    );
  }

  /** The service, which is called with each connection. Connections that it leaves half open stay half open. */
  async serve(onConnection: (socket: Socket) => void): Promise<Server> {
    const service = createServer({ allowHalfOpen: true }, (socket) => {
      this.#sockets.add(socket.on('error', () => undefined));
      onConnection(socket);
    });
    this.#services.add(service);
    service.listen(this.servicePath);
    await once(service, 'listening');
    return service;
  }

  /** A connection of a user of the socket. */
  dial(path = this.path): Socket {
    const socket = connect({ path, allowHalfOpen: true }).on('error', () => undefined);
    this.#sockets.add(socket);
    return socket;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    for (const service of this.#services) service.close();
    this.client.close();
    await this.server.close();
    rmSync(this.folder, { recursive: true });
  }
}

/** Resolves with all data at the end. */
export async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
