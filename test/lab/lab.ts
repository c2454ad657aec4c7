// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { connectAdmin } from '../bench/connect.js';
import { RegistryWatch } from '../bench/registry-watch.js';
import { changeIn } from './folder-change.js';
import { LabMachine } from './lab-machine.js';
import { labControlGroup } from './namespaces.js';
import {
  addresses,
  adminPort,
  certificatesOf,
  checkout,
  cliProgram,
  isGhaf,
  labFolder,
  machinePrograms,
  machineNames,
  missingPrograms,
  productName,
  programUnit,
  upFile,
  vmNames,
  type MachineName,
} from './plan.js';
import { output, run, type Outcome } from './run.js';
import { Watched } from './watched.js';

export interface LabOptions {
  /** The VMs that run from the start; by default all. The host always runs. */
  readonly running?: readonly MachineName[];
  /** Called with a line for each step of the start. */
  readonly say?: (line: string) => void;
}

const controllerLog = `${labFolder}/controller`;

/** A computer of virtual machines whose systemd, D-Bus and network are real. */
export class Lab {
  private constructor(private readonly controller: ChildProcess | undefined) {}

  /** Boots the lab, and resolves when the machines have booted and the admin knows their agents. */
  static async start({ running = vmNames, say = () => undefined }: LabOptions = {}): Promise<Lab> {
    if (labControlGroup() === undefined) throw new Error('the lab runs inside its namespaces: see test/lab/within.ts');
    const missing = missingPrograms();
    if (missing.length > 0) throw new Error(`${missing.join(', ')} are not built: run npm run build`);
    mkdirSync(labFolder);
    say(`Making disks and certificates, and booting ${['host', ...running].join(', ')} ...`);
    const log = openSync(controllerLog, 'w');
    const program = fileURLToPath(new URL('controller-main.ts', import.meta.url));
    const controller = spawn(process.execPath, ['--import', 'tsx', program, ...running], {
      cwd: checkout,
      stdio: ['ignore', log, log],
    });
    controller.unref();
    await whenUp(controller);
    say('All have booted. Waiting for their agents to register ...');
    const lab = new Lab(controller);
    await lab.registered(['host', ...running.filter((name) => isGhaf || name !== 'admin-vm')]);
    return lab;
  }

  /**
   * The lab that already runs in these namespaces; the process that started it stops it. Throws when the lab did not
   * start.
   */
  static attach(): Lab {
    if (!existsSync(upFile)) throw new Error('the lab of this run has not started: see the first failure');
    return new Lab(undefined);
  }

  machine(name: MachineName): LabMachine {
    return new LabMachine(name);
  }

  /** Runs `givc-cli` in a machine, with the machine's certificate. */
  cliOf(name: MachineName, args: readonly string[]): Promise<Outcome> {
    return this.machine(name).run(this.cliCommand(args));
  }

  /** Starts `givc-cli watch` in a machine; stop it in the end. */
  watchOf(name: MachineName): Watched {
    const command = this.cliCommand(['watch', '--as-json', '--initial']);
    return Watched.start(this.machine(name).enter(command), {});
  }

  /** The command line of `givc-cli` in any machine, with the machine's certificate. */
  cliCommand(args: readonly string[]): readonly string[] {
    const files = ['cacert', 'cert', 'key'].flatMap((flag) => [
      `--${flag}`,
      `/etc/givc/${flag === 'cacert' ? 'ca-cert' : flag}.pem`,
    ]);
    const admin = ['--name', 'admin-vm', '--addr', addresses['admin-vm'], '--port', String(adminPort)];
    return [`${machinePrograms}/bin/givc-cli`, ...admin, ...files, ...args];
  }

  /**
   * The variables with which `givc-cli` finds the admin and identifies the caller; `as` is the owner of a certificate
   * of the lab.
   */
  cliEnvironment(as = 'operator'): Record<string, string> {
    return {
      GIVC_ADDR: addresses['admin-vm'],
      GIVC_PORT: String(adminPort),
      GIVC_NAME: 'admin-vm',
      GIVC_CA_CERT: `${certificatesOf(as)}/ca-cert.pem`,
      GIVC_HOST_CERT: `${certificatesOf(as)}/cert.pem`,
      GIVC_HOST_KEY: `${certificatesOf(as)}/key.pem`,
    };
  }

  /** Runs `givc-cli` from outside the machines. */
  cli(args: readonly string[], as?: string): Promise<Outcome> {
    return run([cliProgram, ...args], { environment: this.cliEnvironment(as) });
  }

  /** Starts `givc-cli watch`; stop it in the end. */
  watch(): Watched {
    return Watched.start([cliProgram, 'watch', '--as-json', '--initial'], this.cliEnvironment());
  }

  /** Resolves when the agents of these machines are registered and run. */
  async registered(names: readonly MachineName[]): Promise<void> {
    if (isGhaf) return this.#listed(names);
    const admin = connectAdmin();
    try {
      const registry = await RegistryWatch.open(admin);
      await registry.until(`the agents of ${names.join(', ')} register`, () =>
        names.every((name) => registry.status(name, programUnit(name)) === 'Running'),
      );
      registry.close();
    } finally {
      admin.close();
    }
  }

  /** Called by a machine that the rules of Ghaf permit to. */
  async #listed(names: readonly MachineName[]): Promise<void> {
    // Its unit counts as started before it listens.
    await this.machine('admin-vm').logged(programUnit('admin-vm'), 'listening');
    const watched = this.watchOf('gui-vm');
    try {
      await watched.until(`the agents of ${names.join(', ')} register`, () =>
        names.every((name) => watched.row(`givc-${productName(name)}.service`)?.status === 'Running'),
      );
    } finally {
      await watched.stop();
    }
  }

  /** Boots all machines that are down, ends all applications, and resolves when every agent is registered. */
  async mend(): Promise<void> {
    const host = this.machine('host');
    const units = vmNames.map((name) => `microvm@${name}.service`);
    const { status, stderr } = await host.systemctl('start', ...units);
    if (status !== 0) throw new Error(stderr);
    await this.registered(machineNames.filter((name) => name !== 'admin-vm'));
    // It ends with the system bus, like any program that has a name on it.
    await output(this.machine('net-vm').enter(['systemctl', 'start', 'NetworkManager.service']));
    await this.#endApplications();
  }

  async #endApplications(): Promise<void> {
    const isApplication = (unit: string): boolean => /^(clock|chromium)@/.test(unit);
    await this.machine('chrome-vm').systemctl('stop', 'clock@*.service', 'chromium@*.service');
    const watched = this.watchOf('gui-vm');
    try {
      await watched.until(
        'no application runs',
        () => watched.rows.length > 0 && !watched.rows.some(({ name }) => isApplication(name)),
      );
    } finally {
      await watched.stop();
    }
  }

  /** Ends every machine at once and removes the files and the network of the lab. */
  async stop(): Promise<void> {
    if (this.controller === undefined) return;
    this.controller.ref();
    const ended = once(this.controller, 'exit');
    this.controller.kill('SIGTERM');
    await ended;
  }
}

/** Resolves when the controller reports that all machines have booted; rejects with its message when it ends first. */
async function whenUp(controller: ChildProcess): Promise<void> {
  const ended = new AbortController();
  const end = (status: number | null): void =>
    ended.abort(new Error(`the lab ended with status ${status}:\n${readFileSync(controllerLog, 'utf8')}`));
  controller.once('exit', end);
  await changeIn(labFolder, () => existsSync(upFile), ended.signal);
  controller.off('exit', end);
}
