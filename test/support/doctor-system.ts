// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MachineClock } from '@givc/checks';
import type { Reloaded } from '@givc/config';
import type { Daemon } from '@givc/daemon';
import { Log } from '@givc/log';
import type { VmName } from '@givc/model';
import { createAuthority, writeCertificates, type IssueOptions } from '@givc/pki';
import type { ServiceName } from '@givc/rpc';
import { FakeSystemd } from '@givc/systemd';
import { adminFlagSettings, readAdminConfig } from '../../apps/admin/src/admin.config.js';
import { adminDaemon } from '../../apps/admin/src/admin.daemon.js';
import { MachinesService } from '../../apps/admin/src/liveness/machines.service.js';
import { isAgent } from '../../apps/admin/src/registry/registry-entry.js';
import { RegistryStore } from '../../apps/admin/src/registry/registry-store.js';
import { readAgentConfig } from '../../apps/agent/src/agent.config.js';
import { agentDaemon } from '../../apps/agent/src/agent.daemon.js';
import type { Finding } from '../../apps/cli/src/doctor/diagnose.js';
import { RunningCli } from '../../apps/cli/src/running-cli.fixture.js';

export const dayMs = 24 * 60 * 60 * 1_000;

/** A daemon that runs. */
interface Machine {
  readonly app: INestMicroservice;
  readonly daemon: Daemon;
  readonly port: number;
}

/** The user that the checks find, until the mocks are restored. */
export const asUser = (user: Partial<os.UserInfo<string>>): jest.SpyInstance =>
  jest.spyOn(os, 'userInfo').mockReturnValue({ ...os.userInfo(), ...user });

/**
 * An admin, the agents of `host` and `net-vm`, and the command line, which read real files: certificates, keys, rules
 * and configurations below one folder. A fault is prepared before `start` or after it.
 */
export class DoctorSystem {
  readonly folder = mkdtempSync(join(tmpdir(), 'givc-doctor-'));
  readonly authority = createAuthority({ name: 'Test', notBefore: new Date(Date.now() - 10 * dayMs) });
  readonly systemd = new FakeSystemd();
  /** The errors that its daemons have logged. */
  readonly errors: string[] = [];
  readonly #log = new Log('error', (line) => this.errors.push(line.trimEnd()), false);
  /** Further flags of the admin. */
  readonly flags: string[] = [];
  /** `capabilities` and `accessControl` of net-vm. */
  capabilities: object = { services: ['web.service'] };
  accessControl: object = {};
  /** The agents to start, and the machines that have to register before `start` resolves. */
  agents = ['host', 'net-vm'];
  expected: readonly string[] | undefined;
  /** The services of net-vm; by default those of its configuration. */
  serves: readonly ServiceName[] | undefined;
  /** The variables that the next start of the admin would have. */
  readonly variables = new Map<string, string>();
  readonly #machines = new Map<string, Machine>();

  static async make(): Promise<DoctorSystem> {
    const system = new DoctorSystem();
    for (const name of ['admin-vm', 'host', 'net-vm', 'cli']) await system.certify(name);
    mkdirSync(system.path('state'));
    system.systemd.define('web.service', { active: true });
    return system;
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  /** Replaces the certificate of a machine; `by` has signed it, and `trusts` is what the machine trusts. */
  async certify(
    name: string,
    options: Partial<IssueOptions> = {},
    { by = this.authority, trusts = this.authority } = {},
  ): Promise<void> {
    mkdirSync(this.path(name), { recursive: true });
    await writeCertificates(this.path(name), trusts, by.issue({ name, addresses: ['127.0.0.1'], ...options }));
  }

  write(name: string, text: string): string {
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  /** Replaces the capabilities in the file of an agent, which then reads it again. */
  reload(name: string, capabilities: object): Reloaded[] {
    const file = JSON.parse(readFileSync(this.path(`${name}.json`), 'utf8')) as object;
    this.write(`${name}.json`, JSON.stringify({ ...file, capabilities }));
    return this.#machines.get(name)!.daemon.reloadables.flatMap((one) => one.reload() ?? []);
  }

  /** Replaces a part of the file of an agent. */
  change(name: string, before: string, after: string): void {
    const text = readFileSync(this.path(`${name}.json`), 'utf8');
    this.write(`${name}.json`, text.replace(before, after));
  }

  /** Resolves when the expected agents report. */
  async start(): Promise<void> {
    await this.#startAdmin();
    for (const name of this.agents) await this.#startAgent(name);
    await this.until((states) => (this.expected ?? this.agents).every((name) => states.get(name) === 'reporting'));
  }

  /** Resolves when the states of the agents, by the names of their machines, meet the condition. */
  until(condition: (states: ReadonlyMap<string, string>) => boolean): Promise<void> {
    const { app } = this.#machines.get('admin-vm')!;
    const [store, machines] = [app.get(RegistryStore, { strict: false }), app.get(MachinesService, { strict: false })];
    const holds = () => condition(new Map(machines.list().map(({ name, agent_state }) => [name, agent_state])));
    return new Promise((resolve) => {
      const look = () => {
        if (!holds()) return;
        stop();
        resolve();
      };
      // The state of an agent is set right after its entry is put.
      const stop = store.onPut(() => queueMicrotask(look));
      look();
    });
  }

  /** Resolves when the names of what net-vm has registered, except its agent, are these. */
  untilRegistered(...units: readonly string[]): Promise<void> {
    const store = this.get('admin-vm', RegistryStore);
    return new Promise((resolve) => {
      const look = () => {
        const names = store.entriesOf('net-vm' as VmName).flatMap((entry) => (isAgent(entry) ? [] : [entry.unit]));
        if (names.sort().join() !== [...units].sort().join()) return;
        stop();
        resolve();
      };
      const stop = store.onChange(look);
      look();
    });
  }

  /** The clock that a daemon reports. */
  clockOf(name: string): MachineClock {
    return this.#machines.get(name)!.app.get(MachineClock, { strict: false });
  }

  /** A provider of a daemon. */
  get<Provider>(name: string, provider: new (...args: never[]) => Provider): Provider {
    return this.#machines.get(name)!.app.get(provider, { strict: false });
  }

  /** Resolves with the status of a daemon for the service manager, once it matches. */
  status(name: string, expected: RegExp): Promise<string> {
    const { app, daemon } = this.#machines.get(name)!;
    const status = daemon.status!(app);
    return new Promise((resolve) => {
      const look = () => {
        const text = [status.text, ...daemon.reloadables.map(({ problem }) => problem)].filter(Boolean).join('; ');
        if (expected.test(text)) resolve(text);
      };
      status.onChange(look);
      for (const one of daemon.reloadables) one.onProblem?.(look);
      for (const one of daemon.reloadables) one.reload();
      look();
    });
  }

  /** Ends one daemon. */
  async stop(name: string): Promise<void> {
    await this.#machines.get(name)!.app.close();
    this.#machines.delete(name);
  }

  get adminPort(): number {
    return this.#machines.get('admin-vm')!.port;
  }

  /** The flags by which the command line finds the admin; later flags replace them. */
  get connection(): string[] {
    const files = ['--cacert', this.path('cli/ca-cert.pem'), '--cert', this.path('cli/cert.pem')];
    const at = ['--addr', '127.0.0.1', '--port', String(this.adminPort), '--name', 'admin-vm'];
    return [...files, '--key', this.path('cli/key.pem'), ...at];
  }

  async doctor(...flags: string[]) {
    const { status, out, err } = await new RunningCli([...this.connection, 'doctor', '--as-json', ...flags]).ended;
    return { status, err, findings: JSON.parse(out || '[]') as Finding[] };
  }

  async close(): Promise<void> {
    for (const name of [...this.#machines.keys()].reverse()) await this.stop(name);
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #startAdmin(): Promise<void> {
    const file = (name: string) => this.path('admin-vm', name);
    const tls = ['--tls', '--ca-cert', file('ca-cert.pem'), '--host-cert', file('cert.pem'), '--host-key'];
    const state = ['--state-directory', this.path('state'), '--audit', this.path('audit.log')];
    const settings = ['--locale-file', this.path('state/locale'), '--timezone-file', this.path('state/zone')];
    const argv = [
      ...['--listen', '127.0.0.1:0', '--host-name', 'host', ...tls, file('key.pem')],
      ...[...state, ...settings, ...this.flags],
    ];
    const daemon = await adminDaemon(readAdminConfig(argv), {
      log: this.#log,
      settings: (environment) => adminFlagSettings(argv, environment),
      unitStart: () => Promise.resolve({ variables: this.variables, credentials: new Map() }),
    });
    await this.#run('admin-vm', daemon);
  }

  async #startAgent(name: string): Promise<void> {
    const isHost = name === 'host';
    const transport = (of: string, port: number) => ({ name: of, addr: '127.0.0.1', port, protocol: 'tcp' });
    const file = this.write(
      `${name}.json`,
      JSON.stringify({
        identity: { type: isHost ? 0 : 8, subType: isHost ? 1 : 9, name },
        network: {
          admin: { transport: transport('admin-vm', this.adminPort), heartbeatMs: 3000 },
          agent: { transport: transport(name, 0) },
          tls: {
            caCertPath: this.path(name, 'ca-cert.pem'),
            certPath: this.path(name, 'cert.pem'),
            keyPath: this.path(name, 'key.pem'),
          },
        },
        ...(isHost ? {} : { capabilities: this.capabilities, accessControl: this.accessControl }),
      }),
    );
    const services = isHost ? undefined : this.serves;
    const daemon = await agentDaemon(readAgentConfig(file), {
      log: this.#log,
      file,
      audit: this.path(`${name}.audit`),
      systemd: this.systemd,
      ...(services && { server: { services } }),
    });
    await this.#run(name, daemon);
  }

  async #run(name: string, daemon: Daemon): Promise<void> {
    const { module, server } = daemon;
    const app = await NestFactory.createMicroservice(module, { strategy: server, logger: false, abortOnError: false });
    await app.listen();
    const [address] = server.addresses;
    this.#machines.set(name, { app, daemon, port: address?.protocol === 'tcp' ? address.port : 0 });
  }
}
