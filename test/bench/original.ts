// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AdminClient } from '@givc/client';
import { agentConfig } from '../lab/agent-config.js';
import { type Lab } from '../lab/lab.js';
import { addresses, doorOf } from '../lab/plan.js';
import { RunningProgram } from '../lab/running-program.js';
import { adminListens, endpointOf, material } from './connect.js';
import { RegistryWatch } from './registry-watch.js';

const [adminPort, agentPort] = [9_011, 9_010];

/** An admin of the original in admin-vm and an agent of it in net-vm, beside those of this checkout. */
export class OriginalPair {
  private constructor(private readonly programs: readonly RunningProgram[]) {}

  /** `ADDRESS:PORT` of its admin. */
  readonly address = `${addresses['admin-vm']}:${adminPort}`;

  /**
   * `folder` has givc-admin and givc-agent. Resolves when the agent has registered. They run as root; the admin has no
   * rules.
   */
  static async start(lab: Lab, folder: string): Promise<OriginalPair> {
    for (const [machine, program] of [
      ['admin-vm', 'givc-admin'],
      ['net-vm', 'givc-agent'],
    ] as const) {
      if (!existsSync(join(folder, program))) throw new Error(`--original ${folder}: it has no ${program}`);
      copyFileSync(join(folder, program), join(doorOf(machine), `original-${program}`));
    }
    writeFileSync(join(doorOf('net-vm'), 'original.json'), configuration());
    const admin = RunningProgram.start(
      lab
        .machine('admin-vm')
        .enter([
          ...['env', 'TLS=true', 'NAME=admin-vm', 'TYPE=4', 'SUBTYPE=5'],
          ...['CA_CERT=/etc/givc/ca-cert.pem', 'HOST_CERT=/etc/givc/cert.pem', 'HOST_KEY=/etc/givc/key.pem'],
          ...['/lab/original-givc-admin', '--listen', `${addresses['admin-vm']}:${adminPort}`],
        ]),
    );
    await adminListens(adminPort);
    const agent = RunningProgram.start(
      lab.machine('net-vm').enter(['/lab/original-givc-agent', '-config', '/lab/original.json']),
    );
    await registered();
    return new OriginalPair([admin, agent]);
  }

  async stop(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.stop()));
  }
}

/** That of the lab's agent, with its services alone. */
function configuration(): string {
  const text = agentConfig('net-vm').replace('"port": "9001"', `"port": "${adminPort}"`);
  const { network, identity, capabilities } = JSON.parse(
    text.replace('"port": "9000"', `"port": "${agentPort}"`),
  ) as Record<string, Readonly<Record<string, unknown>>>;
  return JSON.stringify({ identity, network, capabilities: { services: capabilities!['services'] } });
}

/** Its admin knows the VM of an agent, but not that of a service. */
async function registered(): Promise<void> {
  const admin = new AdminClient(endpointOf('admin-vm', adminPort), material());
  try {
    const registry = await RegistryWatch.open(admin);
    await registry.until('the agent of the original has registered', () =>
      [registry.status('net-vm', 'givc-net-vm.service'), registry.status('', 'web.service')].every(
        (status) => status === 'Running',
      ),
    );
    registry.close();
  } finally {
    admin.close();
  }
}
