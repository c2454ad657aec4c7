// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { AdminClient } from '@givc/client';
import { agentUnit, formatAddress, parseVmName, type Endpoint } from '@givc/model';
import type { Authority } from '@givc/pki';
import { GrpcDialer, RpcChannel, type TlsMaterial } from '@givc/rpc';
import { TestRecord } from './audit-record.js';
import { identityOf, testAuthority, tlsMaterial } from './certificates.js';
import { createAdmin, type AdminOptions } from './create-admin.js';
import { createAgent, type AgentOptions, type TestAgent } from './create-agent.js';
import type { TestOptions, TestServer } from './test-server.js';

interface Stoppable {
  stop(): Promise<void>;
}

/**
 * An admin and any number of agents with one authority, each agent with a service manager that the test controls.
 * `close()` ends all of them, and their clients and channels.
 */
export class TestSystem {
  readonly #servers: TestServer[] = [];
  readonly #clients: AdminClient[] = [];
  readonly #channels: RpcChannel[] = [];
  readonly #starting = new Set<Promise<unknown>>();
  readonly #others = new Set<() => Promise<void>>();
  admin!: TestServer;

  private constructor(
    readonly authority: Authority,
    readonly isTls: boolean,
  ) {}

  /** Starts the admin, with TLS unless `tls` is false, and with its own authority unless one is given. */
  static async start(
    options: { readonly tls?: boolean; readonly authority?: Authority } & AdminOptions = {},
  ): Promise<TestSystem> {
    const system = new TestSystem(options.authority ?? testAuthority(), options.tls ?? true);
    await system.startAdmin(options);
    return system;
  }

  /** A system around an admin of another implementation. */
  static async around(
    start: (system: TestSystem) => Promise<Stoppable & { readonly endpoint: Endpoint }>,
    { tls = true } = {},
  ): Promise<TestSystem> {
    const system = new TestSystem(testAuthority(), tls);
    const { endpoint } = await system.startOther(start(system));
    system.admin = {
      ...{ endpoint, address: formatAddress(endpoint.address), lines: [], record: new TestRecord() },
      ...{ identity: undefined, handled: [], metrics: undefined },
      get: () => {
        throw new Error('an admin of another implementation has no providers');
      },
      close: () => Promise.resolve(),
    };
    return system;
  }

  /** Starts the admin, or starts it again after it was closed. */
  async startAdmin(options: AdminOptions = {}): Promise<TestServer> {
    this.admin = await createAdmin({ ...options, tls: this.material('admin-vm') });
    this.#servers.push(this.admin);
    return this.admin;
  }

  /**
   * Starts the agent of a machine; it registers by itself. It connects to the admin at `adminPort`, if that is given.
   */
  startAgent(
    name: string,
    { adminPort, ...options }: AgentOptions & { adminPort?: number } = {},
    testOptions: TestOptions = {},
  ): Promise<TestAgent> {
    const agent = this.#startAgent(name, options, adminPort, testOptions).finally(() => this.#starting.delete(agent));
    this.#starting.add(agent);
    return agent;
  }

  async #startAgent(
    name: string,
    options: AgentOptions,
    adminPort: number | undefined,
    testOptions: TestOptions,
  ): Promise<TestAgent> {
    const { address } = this.admin.endpoint;
    if (address.protocol !== 'tcp') throw new Error('agents of tests find their admin over TCP');
    const admin = formatAddress({ ...address, port: adminPort ?? address.port });
    const agent = await createAgent({ ...options, name, admin, tls: this.material(name) }, testOptions);
    this.#servers.push(agent);
    return agent;
  }

  /** Starts a peer of another implementation, which ends with this system. */
  async startOther<Peer extends Stoppable>(starting: Promise<Peer>): Promise<Peer> {
    this.#starting.add(starting);
    try {
      const peer = await starting;
      this.#others.add(() => peer.stop());
      return peer;
    } finally {
      this.#starting.delete(starting);
    }
  }

  /** The certificate of a machine of this system; undefined in a system without TLS. */
  material(name: string): TlsMaterial | undefined {
    return this.isTls ? tlsMaterial(this.authority, { name }) : undefined;
  }

  /** A client of the admin, as the given machine or with the given material. */
  client(as: string | { readonly tls: TlsMaterial | undefined } = 'cli'): AdminClient {
    const client = new AdminClient(this.admin.endpoint, typeof as === 'string' ? this.material(as) : as.tls);
    this.#clients.push(client);
    return client;
  }

  /** A channel to any server, as the given machine or with the given material. */
  channel(server: TestServer, as: string | { readonly tls: TlsMaterial | undefined } = 'cli'): RpcChannel {
    const tls = typeof as === 'string' ? this.material(as) : as.tls;
    const channel = new RpcChannel(server.endpoint, new GrpcDialer(identityOf(tls)));
    this.#channels.push(channel);
    return channel;
  }

  /** Resolves once the registry meets the condition; each change of the registry is evaluated. */
  async until(
    condition: (list: { Name: string; VmStatus: string; VmName?: string | undefined }[]) => boolean,
  ): Promise<void> {
    const client = this.client();
    const leaving = new AbortController();
    const changes = client.watchOnce({}, { signal: leaving.signal });
    do await changes.next();
    while (!condition((await client.queryList()).List));
    leaving.abort();
  }

  /** Resolves once the agent of this machine is listed as running. */
  untilRegistered(vm: string): Promise<void> {
    const unit = agentUnit(parseVmName('vm', vm));
    return this.until((list) => list.some(({ Name, VmStatus }) => Name === unit && VmStatus === 'Running'));
  }

  /** Closes everything that it has started. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#starting);
    for (const client of this.#clients) client.close();
    for (const channel of this.#channels) channel.close();
    await Promise.all([...this.#others].map((stop) => stop()));
    await Promise.all(this.#servers.map((server) => server.close()));
  }
}
