// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Help, Option } from 'nest-commander';
import { GivcError, parseVmName } from '@givc/model';
import { AdminCommand } from '../connection/admin-command.js';
import { findUnknown } from '../names/explain-name.js';
import { listedPolicy, policyTable } from './listed-policy.js';

interface PoliciesOptions {
  readonly asJson?: boolean;
  readonly vm?: string;
}

/** `policy status`, under each of its names. */
export abstract class ListPoliciesCommand extends AdminCommand {
  @Option({ flags: '--as-json', description: 'one JSON array instead of a table' })
  asJson(): boolean {
    return true;
  }

  @Option({ flags: '--vm <vm>', description: 'only the policies of this VM' })
  vm(value: string): string {
    return this.parse(() => parseVmName('--vm', value));
  }

  async run(_: string[], { asJson, vm }: PoliciesOptions): Promise<void> {
    const listed = await this.withAdmin(async (admin) => {
      const { policies } = await admin.listPolicies();
      const wanted = policies.filter(({ vm_name }) => vm === undefined || vm_name === vm);
      const unknown = vm !== undefined && wanted.length === 0 ? await findUnknown(admin, { vm }) : undefined;
      if (unknown) throw new GivcError('NOT_FOUND', `${unknown.problem}: ${unknown.advice}`);
      return wanted.map(listedPolicy);
    });
    if (vm !== undefined && listed.length === 0) this.output.note(`there is no policy for ${vm}`);
    if (asJson) this.output.json(listed);
    else this.output.table(policyTable(listed, Date.now()));
  }

  @Help('after')
  examples(): string {
    return `
Examples:
  givc-cli policy status
  givc-cli policy status --as-json --vm net-vm

A policy is "current", "outdated" (the VM has another one), "missing" (the VM has none since the admin runs) or "unknown"
(the admin has not fetched it yet). Hashes are SHA-256, as of sha256sum(1); the table has their beginning.`;
  }
}
