import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Access } from '@givc/access';
import { Log } from '@givc/log';
import { formatAddress } from '@givc/model';
import { Dialer } from '@givc/rpc';
import { AgentConfig } from '../agent.config.js';
import { servingAddress, type SocketProxy } from '../config/socket-proxy.js';
import { SocketClient } from './socket-client.js';
import { serveSocket } from './socket-server.js';
import { untilOpen } from './until-open.js';

interface Open {
  close(): void | Promise<void>;
}

/** The contract's group; who is not root cannot give a file away. */
const defaultGroup = (): string | undefined => (process.getuid?.() === 0 ? 'users' : undefined);

/** Opens every entry of the configuration, each by itself, and keeps trying those that cannot be opened yet. */
@Injectable()
export class SocketProxiesService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #stopping = new AbortController();
  #entries: Promise<Open | undefined>[] = [];

  constructor(
    private readonly config: AgentConfig,
    private readonly access: Access,
    private readonly dialer: Dialer,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.#entries = this.config.capabilities.socketProxy.sockets.map((entry) =>
      untilOpen(() => (entry.server ? this.#serve(entry) : this.#listen(entry)), this.log, this.#stopping.signal),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#entries.map(async (entry) => (await entry)?.close()));
  }

  async #serve({ transport, socket, permittedSource, maxConnections }: SocketProxy): Promise<Open> {
    const served = { socket, permitted: permittedSource ?? transport.name, maxConnections };
    const server = await serveSocket(
      served,
      servingAddress(this.config.self.address, transport),
      this.access,
      this.log,
    );
    this.log.info('socket proxy serves', { socket, address: formatAddress(server.address), to: served.permitted });
    return server;
  }

  async #listen({ transport, socket, owner, group, mode, maxConnections }: SocketProxy): Promise<Open> {
    const file = { path: socket, owner, group: group ?? defaultGroup(), mode };
    const client = new SocketClient({ file, peer: transport, maxConnections }, this.dialer, this.log);
    try {
      await client.listen();
    } catch (error) {
      client.close();
      throw error;
    }
    this.log.info('socket proxy listens', { socket, peer: transport.name, address: formatAddress(transport.address) });
    return client;
  }
}
