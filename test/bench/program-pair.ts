// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AdminClient } from '@givc/client';
import { agentConfig } from '../lab/agent-config.js';
import { type Lab } from '../lab/lab.js';
import { addresses, doorOf, machinePrograms } from '../lab/plan.js';
import { RunningProgram } from '../lab/running-program.js';
import { adminListens, endpointOf, material } from './connect.js';
import { RegistryWatch } from './registry-watch.js';

/** The ports of a pair, so that both pairs can run beside the programs of the lab. */
interface Ports {
  readonly admin: number;
  readonly agent: number;
}

/**
 * An admin in admin-vm and an agent in net-vm, beside those of the lab: with the services of net-vm, and without rules
 * and applications, so that the programs of this checkout and of the original do the same work.
 */
export class ProgramPair {
  private constructor(
    private readonly programs: readonly RunningProgram[],
    /** `ADDRESS:PORT` of its admin. */
    readonly address: string,
  ) {}

  /** The programs of this checkout. Resolves when the agent has registered. They run as root. */
  static ofCheckout(lab: Lab): Promise<ProgramPair> {
    return ProgramPair.#start(lab, 'own', `${machinePrograms}/bin`, { admin: 9_021, agent: 9_020 });
  }

  /** Like `ofCheckout`, the givc-admin and givc-agent of the original in this folder. */
  static ofOriginal(lab: Lab, folder: string): Promise<ProgramPair> {
    for (const [machine, program] of [
      ['admin-vm', 'givc-admin'],
      ['net-vm', 'givc-agent'],
    ] as const) {
      if (!existsSync(join(folder, program))) throw new Error(`--original ${folder}: it has no ${program}`);
      mkdirSync(join(doorOf(machine), 'original'), { recursive: true });
      copyFileSync(join(folder, program), join(doorOf(machine), 'original', program));
    }
    return ProgramPair.#start(lab, 'original', '/lab/original', { admin: 9_011, agent: 9_010 });
  }

  static async #start(lab: Lab, name: string, folder: string, ports: Ports): Promise<ProgramPair> {
    writeFileSync(join(doorOf('net-vm'), `${name}.json`), configuration(ports));
    const address = `${addresses['admin-vm']}:${ports.admin}`;
    const state = `/var/lib/givc-${name}`;
    await lab.machine('admin-vm').run(['mkdir', '-p', state]);
    const admin = RunningProgram.start(
      lab
        .machine('admin-vm')
        .enter([
          ...['env', 'TLS=true', 'NAME=admin-vm', 'TYPE=4', 'SUBTYPE=5', `STATE_DIRECTORY=${state}`],
          ...['CA_CERT=/etc/givc/ca-cert.pem', 'HOST_CERT=/etc/givc/cert.pem', 'HOST_KEY=/etc/givc/key.pem'],
          ...[`${folder}/givc-admin`, '--listen', address],
        ]),
    );
    await adminListens(ports.admin);
    const agent = RunningProgram.start(
      lab.machine('net-vm').enter([`${folder}/givc-agent`, '-config', `/lab/${name}.json`]),
    );
    await registered(ports);
    return new ProgramPair([admin, agent], address);
  }

  async stop(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.stop()));
  }
}

/** That of the lab's agent, with its services alone. */
function configuration(ports: Ports): string {
  const text = agentConfig('net-vm').replace('"port": "9001"', `"port": "${ports.admin}"`);
  const { network, identity, capabilities } = JSON.parse(
    text.replace('"port": "9000"', `"port": "${ports.agent}"`),
  ) as Record<string, Readonly<Record<string, unknown>>>;
  return JSON.stringify({ identity, network, capabilities: { services: capabilities!['services'] } });
}

/** The admin of the original knows the VM of an agent, but not that of a service. */
async function registered(ports: Ports): Promise<void> {
  const admin = new AdminClient(endpointOf('admin-vm', ports.admin), material());
  try {
    const registry = await RegistryWatch.open(admin);
    const isRunning = (unit: string): boolean => ['net-vm', ''].some((vm) => registry.status(vm, unit) === 'Running');
    await registry.until('the agent of the pair has registered', () =>
      ['givc-net-vm.service', 'web.service'].every(isRunning),
    );
    registry.close();
  } finally {
    admin.close();
  }
}
