// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdminClient } from '@givc/client';
import { writeCertificates } from '@givc/pki';
import { GrpcDialer, RpcChannel, TlsIdentity, type TlsMaterial } from '@givc/rpc';
import { testAuthority, tlsMaterial } from '@givc/testing';
import { BuiltProgram, type ProgramOptions } from '../support/built-program.js';
import { TestBus } from '../support/test-bus.js';

/** The system that an attack runs against: an authority, programs with its certificates, and their callers. */
export class AttackSystem {
  readonly folder = mkdtempSync(join(tmpdir(), 'givc-attack-'));
  readonly authority = testAuthority();
  readonly #cleanUps: (() => void | Promise<void>)[] = [() => rmSync(this.folder, { recursive: true })];
  #isPassed = true;
  #checks = 0;

  /** Registers a clean-up, which runs before those that were registered earlier. */
  onEnd(cleanUp: () => void | Promise<void>): void {
    this.#cleanUps.unshift(cleanUp);
  }

  /** The certificate and key of a machine on loopback. */
  material(name: string, addresses?: readonly string[]): TlsMaterial {
    return tlsMaterial(this.authority, { name, ...(addresses && { addresses }) });
  }

  /** The built admin on a free port, with further arguments and variables. */
  async startAdmin({ arguments: args = [], environment = {} }: Partial<ProgramOptions> = {}): Promise<BuiltProgram> {
    const name = 'admin-vm';
    const folder = await this.#certificates(name);
    mkdirSync(`${folder}/state`);
    return this.#started(
      BuiltProgram.start(name, 'givc-admin', {
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
    }: { readonly admin?: BuiltProgram; readonly capabilities?: object; readonly settings?: object } = {},
  ): Promise<BuiltProgram> {
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
      BuiltProgram.start(name, 'givc-agent', {
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
  client(admin: BuiltProgram, name = 'honest-vm'): AdminClient {
    const client = new AdminClient(admin.endpoint, this.material(name));
    this.onEnd(() => client.close());
    return client;
  }

  /** The same for an agent, or for any rpc. */
  channel(program: BuiltProgram, name = 'honest-vm'): RpcChannel {
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

  async #started(starting: Promise<BuiltProgram>): Promise<BuiltProgram> {
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
