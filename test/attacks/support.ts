// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { createSecureContext } from 'node:tls';
import { AdminClient } from '@givc/client';
import { parseEndpoint, type Endpoint } from '@givc/model';
import { writeCertificates } from '@givc/pki';
import { GrpcDialer, RpcChannel, TlsIdentity, type TlsMaterial } from '@givc/rpc';
import { testAuthority, tlsMaterial } from '@givc/testing';
import type { Target } from '../support/raw-connection.js';
import { TestBus } from '../support/test-bus.js';

/** How long a program may take until it listens. */
const startLimitMs = 60_000;
const binaries = new URL('../../dist/bin/', import.meta.url).pathname;

interface ProgramOptions {
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** One of the built programs, running in its own process. */
export class Program {
  /** Its lines on stderr. */
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  readonly #ended: Promise<void>;
  #port = 0;

  private constructor(
    /** The name in its certificate. */
    readonly name: string,
    binary: string,
    { arguments: args, environment }: ProgramOptions,
  ) {
    const file = join(binaries, binary);
    if (!existsSync(file)) throw new Error(`${file} is missing: npm run build`);
    // It is killed with the attack.
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', file, ...args], {
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#lines = createInterface(this.#child.stderr!);
    this.#ended = new Promise((resolve) => this.#child.once('close', () => resolve()));
  }

  /** Resolves once it listens. */
  static async start(name: string, binary: string, options: ProgramOptions): Promise<Program> {
    const program = new Program(name, binary, options);
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${binary} ${why}\n${program.lines.join('\n')}`));
      const limit = setTimeout(() => fail('does not listen'), startLimitMs);
      program.#child.once('close', () => fail('has ended'));
      program.#lines.on('line', (line) => {
        program.lines.push(line);
        const port = /\blistening\b.*\baddresses="?[^ "]*:([0-9]+)/.exec(line)?.[1];
        if (port === undefined || program.#port !== 0) return;
        program.#port = Number(port);
        clearTimeout(limit);
        resolve();
      });
    });
    return program;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get port(): number {
    return this.#port;
  }

  get endpoint(): Endpoint {
    return parseEndpoint(this.name, {
      Protocol: 'tcp',
      Address: '127.0.0.1',
      Port: String(this.port),
      Name: this.name,
    });
  }

  /** The target of a `RawConnection` of a peer with this certificate and key. */
  target(material: TlsMaterial): Target {
    return {
      host: '127.0.0.1',
      port: this.port,
      secureContext: createSecureContext({ ...material, minVersion: 'TLSv1.3' }),
    };
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /**
   * The MiB in memory now, and the maximum since the last `resetPeak`, as the kernel counts them (proc_pid_status(5)).
   */
  memory(): { readonly now: number; readonly peak: number } {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    const mebibytes = (field: string): number => {
      const kibibytes = new RegExp(`^${field}:\\s+([0-9]+) kB$`, 'm').exec(status)?.[1];
      if (kibibytes === undefined) throw new Error(`/proc/${this.pid}/status has no ${field}`);
      return Number(kibibytes) / 1024;
    };
    return { now: mebibytes('VmRSS'), peak: mebibytes('VmHWM') };
  }

  /** Resolves once it has written a line with this text. */
  async untilLine(text: string): Promise<void> {
    while (!this.lines.some((line) => line.includes(text))) await once(this.#lines, 'line');
  }

  /** The number of its open descriptors (proc_pid_fd(5)). */
  get descriptors(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  /** Resets the peak of the memory (`5` of proc_pid_clear_refs(5)). */
  resetPeak(): void {
    writeFileSync(`/proc/${this.pid}/clear_refs`, '5');
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}

/** The system that an attack runs against: an authority, programs with its certificates, and their callers. */
export class AttackSystem {
  readonly folder = mkdtempSync(join(tmpdir(), 'givc-attack-'));
  readonly authority = testAuthority();
  readonly #cleanUps: (() => void | Promise<void>)[] = [() => rmSync(this.folder, { recursive: true })];
  #isPassed = true;
  #checks = 0;

  /** Registers a clean-up, which runs before the earlier ones. */
  onEnd(cleanUp: () => void | Promise<void>): void {
    this.#cleanUps.unshift(cleanUp);
  }

  /** The certificate and key of a machine on loopback. */
  material(name: string, addresses?: readonly string[]): TlsMaterial {
    return tlsMaterial(this.authority, { name, ...(addresses && { addresses }) });
  }

  /** The built admin on a free port, with further arguments and variables. */
  async startAdmin({ arguments: args = [], environment = {} }: Partial<ProgramOptions> = {}): Promise<Program> {
    const name = 'admin-vm';
    const folder = await this.#certificates(name);
    mkdirSync(`${folder}/state`);
    return this.#started(
      Program.start(name, 'givc-admin', {
        arguments: ['--listen', '127.0.0.1:0', ...args],
        environment: {
          NAME: name,
          TLS: 'true',
          CA_CERT: `${folder}/ca-cert.pem`,
          HOST_CERT: `${folder}/cert.pem`,
          HOST_KEY: `${folder}/key.pem`,
          GIVC_AUDIT: `${folder}/audit`,
          STATE_DIRECTORY: `${folder}/state`,
          ...environment,
        },
      }),
    );
  }

  /** The built agent of a VM, on a bus without systemd; it registers with the admin if there is one. */
  async startAgent(
    name: string,
    {
      admin,
      capabilities = {},
      settings = {},
    }: { readonly admin?: Program; readonly capabilities?: object; readonly settings?: object } = {},
  ): Promise<Program> {
    const folder = await this.#certificates(name);
    const bus = new TestBus();
    this.onEnd(async () => {
      await bus.stop();
      bus.remove();
    });
    await bus.start();
    const config = {
      identity: { type: 8, subType: 9, name, parent: `microvm@${name}.service` },
      network: {
        admin: { transport: { name: 'admin-vm', addr: '127.0.0.1', port: `${admin?.port ?? 1}`, protocol: 'tcp' } },
        agent: { transport: { name, addr: '127.0.0.1', port: '0', protocol: 'tcp' } },
        tls: {
          enable: true,
          caCertPath: `${folder}/ca-cert.pem`,
          certPath: `${folder}/cert.pem`,
          keyPath: `${folder}/key.pem`,
        },
      },
      capabilities,
      ...settings,
    };
    writeFileSync(`${folder}/agent.json`, JSON.stringify(config));
    return this.#started(
      Program.start(name, 'givc-agent', {
        arguments: ['-config', `${folder}/agent.json`],
        environment: {
          DBUS_SYSTEM_BUS_ADDRESS: bus.address,
          DBUS_SESSION_BUS_ADDRESS: bus.address,
          GIVC_AUDIT: `${folder}/audit`,
        },
      }),
    );
  }

  /** A caller that behaves correctly. */
  client(admin: Program, name = 'honest-vm'): AdminClient {
    const client = new AdminClient(admin.endpoint, this.material(name));
    this.onEnd(() => client.close());
    return client;
  }

  /** The same for an agent, or for any rpc. */
  channel(program: Program, name = 'honest-vm'): RpcChannel {
    const channel = new RpcChannel(program.endpoint, new GrpcDialer(new TlsIdentity(this.material(name))));
    this.onEnd(() => channel.close());
    return channel;
  }

  /** Prints and counts one check: whether the program withstood the attack, and the figures. */
  check(what: string, passes: boolean, figures: string): void {
    this.#isPassed &&= passes;
    this.#checks++;
    process.stdout.write(`${passes ? 'PASS' : 'FAIL'}  ${what}: ${figures}\n`);
  }

  /** Whether there were checks, and all of them passed. */
  get isPassed(): boolean {
    return this.#isPassed && this.#checks > 0;
  }

  async end(): Promise<void> {
    for (const cleanUp of this.#cleanUps.splice(0)) await cleanUp();
  }

  async #certificates(name: string): Promise<string> {
    const folder = join(this.folder, name);
    mkdirSync(folder);
    await writeCertificates(folder, this.authority, this.authority.issue({ name, addresses: ['127.0.0.1', '::1'] }));
    return folder;
  }

  async #started(starting: Promise<Program>): Promise<Program> {
    const program = await starting;
    this.onEnd(() => program.stop());
    return program;
  }
}

/** Runs one attack as a process of its own: its exit status is 1 unless it makes checks and all pass. */
export async function attack(run: (system: AttackSystem) => Promise<void>): Promise<never> {
  const system = new AttackSystem();
  let isPassed = false;
  try {
    await run(system);
    isPassed = system.isPassed;
  } catch (error) {
    system.check('the attack itself', false, error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    await system.end();
  }
  process.exit(isPassed ? 0 : 1);
}
