// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAuthority, type Authority, writeCertificates } from '@givc/pki';
import { makeGhafAuthority } from './ghaf-certificates.js';
import { journalTail } from './journal-tail.js';
import { waitLimitMs } from './limits.js';
import { Machine } from './machine.js';
import { makeRoot } from './machine-root.js';
import { labControlGroup } from './namespaces.js';
import {
  authorityFolder,
  bridge,
  certificatesOf,
  checkout,
  containerOf,
  doorOf,
  foreignAddress,
  isGhaf,
  labFolder,
  machineNames,
  outsideAddress,
  programs,
  rootOf,
  vmNames,
  type MachineName,
} from './plan.js';

const isVm = (name: string): name is MachineName => vmNames.some((vm) => vm === name);

/**
 * Owns the machines. It boots the host; the host's `microvm@NAME.service` requests every other machine through a
 * socket, and the machine runs as long as that connection.
 */
export class Controller {
  readonly #machines = new Map<MachineName, Machine>();
  readonly #firstBoots = new Map<MachineName, (machine: Machine) => void>();
  #boots = 0;

  /** Creates the network, the certificates and the disks, and listens for the host's VM units. */
  async prepare(): Promise<void> {
    makeNetwork();
    copyPrograms();
    const authority = createAuthority({ name: 'GIVC lab' });
    if (isGhaf) makeGhafAuthority();
    else {
      keep(authority);
      await this.#makeCertificates(authority);
    }
    await Promise.all(machineNames.map((name) => makeRoot(name, authority)));
    await this.#listen();
  }

  /** Boots the host, and resolves when it and its VMs have all booted; rejects as `Machine.booted` does. */
  async bootHost(vms: readonly MachineName[]): Promise<void> {
    const wants = join(rootOf('host'), 'etc/systemd/system/multi-user.target.wants');
    for (const vm of vms) symlinkSync('../microvm@.service', join(wants, `microvm@${vm}.service`));
    const awaited = vms.map((vm) => this.#firstBoot(vm));
    await Promise.all([this.#boot('host').booted, ...awaited]);
  }

  /** Unplugs every machine and removes the disks and the network. */
  async stop(): Promise<void> {
    const machines = [...this.#machines.values()];
    for (const machine of machines) machine.pullPlug();
    await Promise.all(machines.map((machine) => machine.ended));
    for (const name of machineNames) spawnSync('umount', ['--recursive', rootOf(name)]);
    spawnSync('ip', ['link', 'delete', bridge]);
    rmSync(labFolder, { recursive: true });
  }

  #firstBoot(vm: MachineName): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#firstBoots.set(vm, (machine) => resolve(machine.booted));
      const fail = async () => reject(new Error(`the host has not started ${vm}\n${await journalTail('host')}`));
      AbortSignal.timeout(waitLimitMs).addEventListener('abort', () => void fail());
    });
  }

  #boot(name: MachineName): Machine {
    const group = join(labControlGroup()!, `${name}.${this.#boots++}`);
    const machine = Machine.boot(name, group);
    this.#machines.set(name, machine);
    const note = containerOf(name);
    writeFileSync(note, `${machine.pid}\n`);
    machine.booted.catch((error: Error) => process.stderr.write(`${error.message}\n`));
    void machine.ended.then(() => {
      this.#machines.delete(name);
      rmSync(note, { force: true });
    });
    this.#firstBoots.get(name)?.(machine);
    return machine;
  }

  /**
   * Serves test/lab/microvm.mjs: a line with a name boots that machine, `poweroff` ends it, closing the connection
   * kills it.
   */
  async #listen(): Promise<void> {
    const server = createServer((connection) => {
      connection.setEncoding('utf8');
      let machine: Machine | undefined;
      connection.on('data', (text: string) => {
        for (const line of text.split('\n').filter(Boolean))
          if (line === 'poweroff') void machine?.powerOff();
          else machine ??= this.#bootFor(connection, line);
      });
      connection.on('error', () => {
        // The host crashed with the connection open; the end of the connection is handled below.
      });
      connection.on('close', () => machine?.pullPlug());
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(join(doorOf('host'), 'controller'), resolve);
    });
  }

  #bootFor(connection: Socket, name: string): Machine | undefined {
    if (!isVm(name) || this.#machines.has(name)) {
      process.stderr.write(`the host asked for ${name}, which ${isVm(name) ? 'runs already' : 'is not a VM'}\n`);
      connection.destroy();
      return undefined;
    }
    const machine = this.#boot(name);
    void machine.ended.then((how) => connection.end(how === 'off' ? 'off\n' : ''));
    return machine;
  }

  async #makeCertificates(authority: Authority): Promise<void> {
    const issue = (name: string, issuer: Authority, options: object = {}): Promise<void> =>
      writeCertificates(
        certificatesOf(name),
        // The stranger trusts the lab's authority, but its own certificate is issued by another authority.
        authority,
        issuer.issue({ name, addresses: [outsideAddress], ...options }),
      );
    await issue('operator', authority);
    await issue('stranger', createAuthority({ name: 'GIVC lab' }));
    await issue('expired', authority, { notBefore: new Date(Date.now() - 2 * 24 * 3600 * 1000), days: 1 });
    await issue('elsewhere', authority, { addresses: ['192.168.101.99'] });
    await issue('server', authority, { usages: ['serverAuth'] });
  }
}

function keep({ certificate, key }: Authority): void {
  mkdirSync(authorityFolder, { recursive: true });
  writeFileSync(join(authorityFolder, 'ca-cert.pem'), certificate);
  writeFileSync(join(authorityFolder, 'ca-key.pem'), key, { mode: 0o600 });
}

function copyPrograms(): void {
  const built = join(checkout, 'dist');
  for (const part of ['bin', 'lib', 'package.json'])
    cpSync(join(built, part), join(programs, part), { recursive: true, preserveTimestamps: true });
  for (const name of ['microvm.mjs', 'echo.mjs'])
    cpSync(fileURLToPath(new URL(name, import.meta.url)), join(programs, name));
}

function makeNetwork(): void {
  mkdirSync(labFolder, { recursive: true });
  for (const command of [
    // A fixed address: without it the bridge has the address of one of its ports, and another one when that machine
    // ends.
    `link add ${bridge} address 02:00:00:00:00:fe type bridge`,
    `addr add ${outsideAddress}/24 dev ${bridge}`,
    `addr add ${foreignAddress}/24 dev ${bridge}`,
    `link set ${bridge} up`,
  ]) {
    const run = spawnSync('ip', command.split(' '), { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`ip ${command}: ${run.stderr}`);
  }
}
