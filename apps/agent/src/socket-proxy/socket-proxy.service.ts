// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Access } from '@givc/access';
import { Log } from '@givc/log';
import { formatAddress } from '@givc/model';
import { Dialer, GrpcServer, SocketDialer } from '@givc/rpc';
import { AgentSettings } from '../config/agent-settings.js';
import { ProxyEntries, type Open } from '../proxy/proxy-entries.js';
import { servingAddress } from '../proxy/serving-address.js';
import { RejectedUsers } from './rejected-users.js';
import { SocketClient } from './socket-client.js';
import { SocketProxyConfig, type NamedSocketProxy } from './socket-proxy.config.js';
import { serveSocket } from './socket-server.js';

/** The group of the contract; only root may give a file to another group. */
const defaultGroup = (): string | undefined => (process.getuid?.() === 0 ? 'users' : undefined);

/**
 * The setting by which a bus accepts clients of another user: it accepts only those of the user that its proxy runs as.
 */
const userSetting = (proxy: string): string => `capabilities.dbusProxy.proxies[${proxy}].user`;

/** Opens every entry of the configuration, and retries those that cannot be opened yet. */
@Injectable()
export class SocketProxyService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #entries: ProxyEntries;
  readonly #sockets: SocketDialer | undefined;

  constructor(
    private readonly config: SocketProxyConfig,
    private readonly settings: AgentSettings,
    private readonly access: Access,
    private readonly dialer: Dialer,
    private readonly server: GrpcServer,
    private readonly log: Log,
  ) {
    this.#entries = new ProxyEntries('socket proxy', log);
    // Without TLS there is no agreement on a protocol (ALPN).
    this.#sockets = access.identity && new SocketDialer(access.identity, server.vsock);
  }

  onApplicationBootstrap(): void {
    for (const entry of this.config.sockets)
      this.#entries.open(() => (entry.server ? this.#serve(entry) : this.#listen(entry)));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#entries.close();
  }

  async #serve({ dbusProxy, transport, socket, permittedSource, maxConnections }: NamedSocketProxy): Promise<Open> {
    const permittedPeer = permittedSource ?? transport.name;
    const fields = { socket, peer: permittedPeer, setting: dbusProxy && userSetting(dbusProxy) };
    const served = { socket, permittedPeer, maxConnections, rejectedUsers: new RejectedUsers(this.log, fields) };
    const server = await serveSocket(
      served,
      servingAddress(this.settings.self.address, transport),
      this.access,
      this.log,
      this.server.vsock,
    );
    this.log.info('socket proxy serves', {
      socket,
      address: formatAddress(server.address),
      peer: served.permittedPeer,
    });
    return server;
  }

  async #listen({
    dbusProxy,
    transport,
    socket,
    owner,
    group,
    mode = 0o770,
    maxConnections,
  }: NamedSocketProxy): Promise<Open> {
    const file = { path: socket, owner, group: group ?? defaultGroup(), mode };
    const peer = transport.name;
    const fields = { socket, peer, setting: dbusProxy && `${userSetting(dbusProxy)} of ${peer}` };
    const rejectedUsers = new RejectedUsers(this.log, fields);
    const options = { file, peer: transport, maxConnections, rejectedUsers };
    const client = new SocketClient(options, this.dialer, this.#sockets, this.log);
    try {
      await client.listen();
    } catch (error) {
      client.close();
      throw error;
    }
    this.log.info('socket proxy listens', { socket, peer, address: formatAddress(transport.address) });
    return client;
  }
}
