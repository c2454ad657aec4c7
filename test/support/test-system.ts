import type { INestMicroservice } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AdminClient } from '@givc/client';
import { Log } from '@givc/log';
import { agentUnit, parseVmName, type Address, type Endpoint } from '@givc/model';
import type { Authority } from '@givc/pki';
import { clientCredentials, GrpcServer, RpcChannel, type TlsMaterial } from '@givc/rpc';
import { FakeSystemd, Systemd } from '@givc/systemd';
import type { AdminConfig } from '../../apps/admin/src/admin.config.js';
import { AdminModule } from '../../apps/admin/src/admin.module.js';
import { parseAgentConfig, type AgentConfig } from '../../apps/agent/src/agent.config.js';
import { AgentModule, servicesOf } from '../../apps/agent/src/agent.module.js';
import { testAuthority, tlsMaterial } from './test-certificates.js';

const loopback: Address = { protocol: 'tcp', host: '127.0.0.1', port: 0 };

/** A server of ours in this process, with real gRPC and real TLS on a port of its own. */
export interface TestServer {
  readonly endpoint: Endpoint;
  /** Everything that it logged, a line an event. */
  readonly lines: readonly string[];
  /** The paths of the rpcs that have a handler. */
  readonly handled: readonly string[];
  stop(): Promise<void>;
}

export interface TestAgent extends TestServer {
  readonly systemd: FakeSystemd;
  readonly config: AgentConfig;
}

export interface AgentOptions {
  /** Numbers of RegistryRequest.Type; a system VM unless said. */
  readonly type?: number;
  readonly subType?: number;
  readonly parent?: string;
  readonly capabilities?: object;
  /** The service manager of an earlier agent of this machine. */
  readonly systemd?: FakeSystemd;
  readonly port?: number;
}

/** An admin and any number of agents, each with a fake service manager behind the seam. */
export class TestSystem {
  readonly #servers: TestServer[] = [];
  readonly #clients: AdminClient[] = [];
  readonly #channels: RpcChannel[] = [];
  admin!: TestServer;

  private constructor(
    readonly authority: Authority,
    readonly isTls: boolean,
  ) {}

  static async start(
    options: { readonly tls?: boolean; readonly listen?: readonly Address[] } = {},
  ): Promise<TestSystem> {
    const system = new TestSystem(testAuthority(), options.tls ?? true);
    await system.startAdmin(options.listen);
    return system;
  }

  /** Starts the admin, also again after it was stopped. */
  async startAdmin(listen: readonly Address[] = [loopback]): Promise<TestServer> {
    const tls = this.material('admin-vm');
    const server = new GrpcServer({ listen, tls, services: ['admin.AdminService'] });
    const { log, lines } = recordingLog();
    const config: AdminConfig = {
      listen,
      tls,
      name: parseVmName('name', 'admin-vm'),
      monitoring: true,
      services: [],
      logLevel: 'debug',
      warnings: [],
    };
    const module = await Test.createTestingModule({ imports: [AdminModule.register(config, server, log)] }).compile();
    this.admin = await this.#listen(
      module.createNestMicroservice({ strategy: server, logger: false }),
      server,
      'admin-vm',
      lines,
    );
    return this.admin;
  }

  /** Starts the agent of a machine; it registers by itself. */
  async startAgent(name: string, options: AgentOptions = {}): Promise<TestAgent> {
    const { type = 8, subType = type + 1, parent, capabilities = {}, systemd = new FakeSystemd(), port = 0 } = options;
    const { address } = this.admin.endpoint;
    if (address.protocol !== 'tcp') throw new Error('agents of tests find their admin over TCP');
    const { value } = parseAgentConfig({
      identity: { type, subType, parent, name },
      network: {
        admin: { transport: { name: 'admin-vm', addr: address.host, port: address.port, protocol: 'tcp' } },
        agent: { transport: { name, addr: '127.0.0.1', port, protocol: 'tcp' } },
        tls: { enable: false },
      },
      capabilities,
    });
    const config: AgentConfig = { ...value, tls: this.material(name) };
    const server = new GrpcServer({ listen: [config.self.address], tls: config.tls, services: servicesOf(config) });
    const { log, lines } = recordingLog();
    const module = await Test.createTestingModule({
      imports: [AgentModule.register(config, server, log, systemd)],
    })
      .overrideProvider(Systemd)
      .useValue(systemd)
      .compile();
    const started = await this.#listen(
      module.createNestMicroservice({ strategy: server, logger: false }),
      server,
      name,
      lines,
    );
    return { ...started, systemd, config };
  }

  /** What a machine of this system proves itself with; nothing when the system does without TLS. */
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
    const channel = new RpcChannel(server.endpoint, clientCredentials(tls));
    this.#channels.push(channel);
    return channel;
  }

  /** Resolves once the registry has what the test waits for; each change of the registry is looked at. */
  async until(
    condition: (list: { Name: string; VmStatus: string; VmName?: string | undefined }[]) => boolean,
  ): Promise<void> {
    const client = this.client();
    const hangUp = new AbortController();
    const changes = client.watch({ signal: hangUp.signal });
    do await changes.next();
    while (!condition((await client.queryList()).List));
    hangUp.abort();
  }

  /** Resolves once the agent of this machine is listed as running. */
  untilRegistered(vm: string): Promise<void> {
    const unit = agentUnit(parseVmName('vm', vm));
    return this.until((list) => list.some(({ Name, VmStatus }) => Name === unit && VmStatus === 'Running'));
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.close();
    for (const channel of this.#channels) channel.close();
    await Promise.all(this.#servers.map((server) => server.stop()));
  }

  async #listen(
    application: INestMicroservice,
    server: GrpcServer,
    name: string,
    lines: string[],
  ): Promise<TestServer> {
    try {
      await application.listen();
    } catch (error) {
      await application.close();
      throw error;
    }
    let stopped: Promise<void> | undefined;
    const started: TestServer = {
      endpoint: { name: parseVmName('name', name), address: server.addresses[0]! },
      lines,
      handled: server.handledPaths,
      stop: () => (stopped ??= application.close()),
    };
    this.#servers.push(started);
    return started;
  }
}

function recordingLog(): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = [];
  return { lines, log: new Log('debug', (line) => lines.push(line.trimEnd()), false) };
}
