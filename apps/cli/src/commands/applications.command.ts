// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminClient } from '@givc/client';
import { GivcError, parseVmName, unknownVm, type VmName } from '@givc/model';
import { Command, Help, Option } from 'nest-commander';
import { applicationTable, listedApplications } from '../applications/listed-application.js';
import { AdminCommand } from '../connection/admin-command.js';
import { machinesOf } from '../machines/machine.js';

interface ApplicationsOptions {
  readonly asJson?: boolean;
  readonly vm?: VmName;
}

@Command({
  name: 'applications',
  description: 'Lists the applications that can be started, with their running instances.',
})
export class ApplicationsCommand extends AdminCommand {
  @Option({ flags: '--as-json', description: 'one JSON array instead of a table' })
  asJson(): boolean {
    return true;
  }

  @Option({ flags: '--vm <vm>', description: 'only those of this VM' })
  vm(value: string): VmName {
    return this.parse(() => parseVmName('--vm', value));
  }

  async run(_: string[], { asJson, vm }: ApplicationsOptions): Promise<void> {
    const [{ List }, machines] = await this.withAdmin(async (admin) => {
      const answers = await Promise.all([admin.queryList(), reportedMachines(admin)]);
      if (vm !== undefined && !machinesOf(answers[0].List, undefined).some(({ name }) => name === vm))
        throw unknownVm(vm);
      return answers;
    });
    const rows = listedApplications(List, machines).filter(({ vm_name }) => vm === undefined || vm_name === vm);
    if (asJson) this.output.json(rows);
    else this.output.table(applicationTable(rows));
  }

  @Help('after')
  examples(): string {
    return `
Examples:
  givc-cli applications
  givc-cli applications --vm chrome-vm
  givc-cli applications --as-json

They are those of the configuration of each agent that reports. Of a VM that is off, of an agent that is lost, and of
agents of earlier releases or of other programs, they are unknown.`;
  }
}

/** FAILED_PRECONDITION when the admin is of another implementation. */
async function reportedMachines(admin: AdminClient) {
  try {
    return (await admin.listMachines()).machines;
  } catch (cause) {
    if (!(cause instanceof GivcError && cause.reason === 'UNIMPLEMENTED')) throw cause;
    throw new GivcError('FAILED_PRECONDITION', 'the admin does not list applications; a newer givc-admin does', {
      cause,
    });
  }
}
