// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type AdminClient } from '@givc/client';
import { type Lab } from '../lab/lab.js';
import { output } from '../lab/run.js';
import { connectAdmin } from './connect.js';
import { RegistryWatch } from './registry-watch.js';

/** The common parts of all measurements: the lab, an open connection to its admin, and a watch of the registry. */
export class Bench {
  private constructor(
    readonly lab: Lab,
    readonly admin: AdminClient,
    readonly registry: RegistryWatch,
    /** A folder with programs of the original, if they are measured as well. */
    readonly original: string | undefined,
  ) {}

  static async open(lab: Lab, original: string | undefined): Promise<Bench> {
    await startWithoutLimit(lab);
    const admin = connectAdmin();
    return new Bench(lab, admin, await RegistryWatch.open(admin), original);
  }

  close(): void {
    this.registry.close();
    this.admin.close();
  }
}

/** Lets systemd start the unit any number of times (StartLimitIntervalSec= of systemd.unit(5)). */
async function startWithoutLimit(lab: Lab): Promise<void> {
  const machine = lab.machine('net-vm');
  const folder = '/run/systemd/system/web.service.d';
  const write = `mkdir -p ${folder} && printf '[Unit]\\nStartLimitIntervalSec=0\\n' > ${folder}/limit.conf`;
  await output(machine.enter(['sh', '-c', `${write} && systemctl daemon-reload`]));
}
