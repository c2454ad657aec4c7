import { join } from 'node:path';
import type { INestMicroservice } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Access, Audit, Rules } from '@givc/access';
import { AdminClient } from '@givc/client';
import { Log } from '@givc/log';
import { callMetrics, Metrics, MetricsServer, type MetricsAddress } from '@givc/metrics';
import { agentUnit, parseVmName, type Address, type Endpoint } from '@givc/model';
import type { Authority } from '@givc/pki';
import {
  GrpcDialer,
  GrpcServer,
  RpcChannel,
  type ServerLimits,
  type ServiceName,
  type TlsIdentity,
  type TlsMaterial,
} from '@givc/rpc';
import { FakeSystemd, Systemd } from '@givc/systemd';
import type { AdminConfig } from '../../apps/admin/src/admin.config.js';
import { AdminModule, adminServices } from '../../apps/admin/src/admin.module.js';
import { readPolicyConfig, type PolicyConfig } from '../../apps/admin/src/policies/policy-config.js';
import { parseAgentConfig, type AgentConfig } from '../../apps/agent/src/agent.config.js';
import { AgentModule, servicesOf } from '../../apps/agent/src/agent.module.js';
import { identityOf, testAuthority, tlsMaterial } from './test-certificates.js';

const loopback: Address = { protocol: 'tcp', host: '127.0.0.1', port: 0 };

/** One line of the record. */
export interface AuditLine {
  readonly time: string;
  readonly peer?: string;
  readonly address?: string;
  readonly rpc?: string;
  readonly request?: Readonly<Record<string, unknown>>;
  readonly answer: string;
  readonly ms?: number;
  readonly rule?: string;
  readonly why?: string;
  readonly call?: number;
  readonly phase?: 'began' | 'ended';
}

/** What a server recorded, in order. */
export class TestRecord {
  /** All but those of changes that begin. */
  readonly lines: AuditLine[] = [];
  /** Those of changes that begin, which have no answer. */
  readonly begun: AuditLine[] = [];
  #told = 0;
  #wake: () => void = () => undefined;

  add(line: AuditLine): void {
    if (line.phase === 'began') return void this.begun.push(line);
    this.lines.push(line);
    this.#wake();
  }

  /** The next line with this answer that has not been passed by, as soon as it is there. */
  async next(answer: string): Promise<AuditLine> {
    for (;;) {
      while (this.lines.length === this.#told) await new Promise<void>((resolve) => (this.#wake = resolve));
      const line = this.lines[this.#told++]!;
      if (line.answer === answer) return line;
    }
  }

  /** Passes by what there is. */
  skip(): void {
    this.#told = this.lines.length;
  }
}

/** A server of ours in this process, with real gRPC and real TLS on a port of its own. */
export interface TestServer {
  readonly endpoint: Endpoint;
  /** Everything that it logged, a line an event. */
  readonly lines: readonly string[];
  readonly record: TestRecord;
  /** What it proves itself with, and whom it turns away. */
  readonly identity: TlsIdentity | undefined;
  /** The paths of the rpcs that have a handler. */
  readonly handled: readonly string[];
  /** Where it serves metrics, if it does. */
  readonly metrics: Address | undefined;
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
  readonly heartbeatMs?: number;
  /** Where it looks for the admin, instead of where the admin is. */
  readonly adminPort?: number;
  /** Cedar rules; without them access control is off. */
  readonly rules?: string;
  /** Where metrics are served; nowhere unless said. */
  readonly metrics?: MetricsAddress;
  /** Instead of what the options say: what was opened from files. */
  readonly access?: Access;
  readonly limits?: Partial<ServerLimits>;
}

export interface AdminOptions {
  readonly listen?: readonly Address[];
  readonly rules?: string;
  /** `host` unless said; null configures none. */
  readonly hostName?: string | null;
  readonly stateDirectory?: string;
  /** Where locale and timezone are kept, as `locale.conf` and `timezone.conf`; without it they cannot be set. */
  readonly settingsDirectory?: string;
  readonly bootLimitMs?: number;
  /** VM units to keep running. */
  readonly services?: readonly string[];
  readonly monitoring?: boolean;
  /** The value of POLICY_CONFIG as an object, and that of POLICY_STORE. */
  readonly policies?: { readonly config: object; readonly store: string };
  /** An admin of another make has only `admin.AdminService`. */
  readonly serves?: readonly ServiceName[];
  readonly metrics?: MetricsAddress;
  readonly keepalive?: { readonly everyMs: number; readonly answerMs: number };
  readonly limits?: Partial<ServerLimits>;
  /** Instead of what the options say: what was opened from files. */
  readonly access?: Access;
}

/** An admin and any number of agents, each with a fake service manager behind the seam. */
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

  static async start(
    options: { readonly tls?: boolean; readonly authority?: Authority } & AdminOptions = {},
  ): Promise<TestSystem> {
    const system = new TestSystem(options.authority ?? testAuthority(), options.tls ?? true);
    await system.startAdmin(options);
    return system;
  }

  /** A system whose admin is of another make. */
  static async around(
    start: (system: TestSystem) => Promise<Pick<TestServer, 'endpoint' | 'stop'>>,
    { tls = true } = {},
  ): Promise<TestSystem> {
    const system = new TestSystem(testAuthority(), tls);
    const { endpoint } = await system.startOther(start(system));
    system.admin = {
      ...{ endpoint, lines: [], record: new TestRecord(), identity: undefined, handled: [], metrics: undefined },
      stop: () => Promise.resolve(),
    };
    return system;
  }

  /** Starts the admin, also again after it was stopped. */
  async startAdmin(options: AdminOptions = {}): Promise<TestServer> {
    const { listen = [loopback], rules, hostName = 'host' } = options;
    const { record, ...made } = await testAccess('permission denied by admin access control policy', {
      tls: this.material('admin-vm'),
      rules,
    });
    const access = options.access ?? made.access;
    const metrics = options.metrics && (await Metrics.load(options.metrics));
    const server = new GrpcServer({
      listen,
      tls: access.identity,
      services: options.serves ?? adminServices,
      keepalive: options.keepalive,
      limits: options.limits,
      observer: metrics && callMetrics(metrics),
    });
    const { log, lines } = recordingLog();
    const config: AdminConfig = {
      listen,
      access: { tls: undefined, revocations: undefined, rules: undefined, audit: undefined },
      name: parseVmName('name', 'admin-vm'),
      hostName: hostName === null ? undefined : parseVmName('hostName', hostName),
      monitoring: options.monitoring ?? true,
      stateDirectory: options.stateDirectory,
      ctapVm: parseVmName('ctapVm', 'gui-vm'),
      bootLimitMs: options.bootLimitMs ?? 30_000,
      services: options.services ?? [],
      agentSockets: [],
      settings: {
        localeFile: join(options.settingsDirectory ?? '/nonexistent', 'locale.conf'),
        timezoneFile: join(options.settingsDirectory ?? '/nonexistent', 'timezone.conf'),
        zoneDatabase: '/usr/share/zoneinfo',
      },
      policies: options.policies && policiesOf(options.policies),
      metrics: options.metrics,
      logLevel: 'debug',
      warnings: [],
    };
    const module = await Test.createTestingModule({
      imports: [AdminModule.register(config, access, server, log, metrics)],
    }).compile();
    this.admin = await this.#listen(module.createNestMicroservice({ strategy: server, logger: false }), server, {
      name: 'admin-vm',
      lines,
      record,
      identity: access.identity,
      isServingMetrics: metrics !== undefined,
    });
    return this.admin;
  }

  /** Starts the agent of a machine; it registers by itself. */
  startAgent(name: string, options: AgentOptions = {}): Promise<TestAgent> {
    const agent = this.#startAgent(name, options).finally(() => this.#starting.delete(agent));
    this.#starting.add(agent);
    return agent;
  }

  async #startAgent(name: string, options: AgentOptions): Promise<TestAgent> {
    const { type = 8, subType = type + 1, parent, capabilities = {}, systemd = new FakeSystemd(), port = 0 } = options;
    const { address } = this.admin.endpoint;
    if (address.protocol !== 'tcp') throw new Error('agents of tests find their admin over TCP');
    const config = parseAgentConfig({
      identity: { type, subType, parent, name },
      network: {
        admin: {
          transport: { name: 'admin-vm', addr: address.host, port: options.adminPort ?? address.port, protocol: 'tcp' },
          heartbeatMs: options.heartbeatMs,
        },
        agent: { transport: { name, addr: '127.0.0.1', port, protocol: 'tcp' } },
        tls: { enable: false },
      },
      capabilities,
    });
    const { record, ...made } = await testAccess('permission denied by access control policy', {
      tls: this.material(name),
      rules: options.rules,
    });
    const access = options.access ?? made.access;
    const metrics = options.metrics && (await Metrics.load(options.metrics));
    const server = new GrpcServer({
      listen: [config.self.address],
      tls: access.identity,
      services: servicesOf(config),
      limits: options.limits,
      observer: metrics && callMetrics(metrics),
    });
    const { log, lines } = recordingLog();
    const module = await Test.createTestingModule({
      imports: [AgentModule.register(config, access, server, log, systemd, metrics)],
    })
      .overrideProvider(Systemd)
      .useValue(systemd)
      .compile();
    const started = await this.#listen(module.createNestMicroservice({ strategy: server, logger: false }), server, {
      name,
      lines,
      record,
      identity: access.identity,
      isServingMetrics: metrics !== undefined,
    });
    return { ...started, systemd, config };
  }

  /** Starts a peer of another make, which ends with this system. */
  async startOther<Peer extends { stop(): Promise<void> }>(starting: Promise<Peer>): Promise<Peer> {
    this.#starting.add(starting);
    try {
      const peer = await starting;
      this.#others.add(() => peer.stop());
      return peer;
    } finally {
      this.#starting.delete(starting);
    }
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
    const channel = new RpcChannel(server.endpoint, new GrpcDialer(identityOf(tls)));
    this.#channels.push(channel);
    return channel;
  }

  /** Resolves once the registry has what the test waits for; each change of the registry is looked at. */
  async until(
    condition: (list: { Name: string; VmStatus: string; VmName?: string | undefined }[]) => boolean,
  ): Promise<void> {
    const client = this.client();
    const hangUp = new AbortController();
    const changes = client.watchOnce({}, { signal: hangUp.signal });
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
    await Promise.allSettled(this.#starting);
    for (const client of this.#clients) client.close();
    for (const channel of this.#channels) channel.close();
    await Promise.all([...this.#others].map((stop) => stop()));
    await Promise.all(this.#servers.map((server) => server.stop()));
  }

  async #listen(
    application: INestMicroservice,
    server: GrpcServer,
    {
      name,
      isServingMetrics,
      ...told
    }: { name: string; isServingMetrics: boolean } & Pick<TestServer, 'lines' | 'record' | 'identity'>,
  ): Promise<TestServer> {
    try {
      await application.listen();
    } catch (error) {
      await application.close();
      throw error;
    }
    const served = isServingMetrics ? application.get(MetricsServer, { strict: false }) : undefined;
    let stopped: Promise<void> | undefined;
    const started: TestServer = {
      endpoint: { name: parseVmName('name', name), address: server.addresses[0]! },
      ...told,
      handled: server.handledPaths,
      metrics: served?.address,
      stop: () => (stopped ??= application.close()),
    };
    this.#servers.push(started);
    return started;
  }
}

const policiesOf = ({ config, store }: NonNullable<AdminOptions['policies']>): PolicyConfig =>
  readPolicyConfig(JSON.stringify(config), store).value;

function recordingLog(): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = [];
  return { lines, log: new Log('debug', (line) => lines.push(line.trimEnd()), false) };
}

/** An access of a test, and what it records. */
export async function testAccess(
  denial: string,
  { tls, rules }: { readonly tls: TlsMaterial | undefined; readonly rules: string | undefined },
): Promise<{ readonly access: Access; readonly record: TestRecord }> {
  const record = new TestRecord();
  const audit = new Audit({
    write: (line) => record.add(JSON.parse(line) as AuditLine),
    reload: () => undefined,
    close: () => undefined,
  });
  const parsed = rules === undefined ? undefined : await Rules.parse(rules, 'test.cedar');
  return { access: new Access({ identity: identityOf(tls), rules: parsed, audit, denial }), record };
}
