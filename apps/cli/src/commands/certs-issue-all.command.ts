// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { join } from 'node:path';
import { Help, Option, SubCommand } from 'nest-commander';
import { CertsCommand } from '../certs/certs-command.js';
import { type IssueSettings } from '../certs/issue.js';

interface IssueAllFlags extends IssueSettings {
  readonly authority: string;
  readonly out: string;
}

@SubCommand({
  name: 'issue-all',
  description: 'Does "certs issue" for every machine of an inventory; writes nothing when one of them fails.',
  arguments: '<file>',
  argsDescription: { file: 'inventory of JSON, see below' },
})
export class CertsIssueAllCommand extends CertsCommand {
  @Option({ flags: '--authority <folder>', description: 'folder of the authority that signs', required: true })
  authority(value: string): string {
    return value;
  }

  @Option({
    flags: '--out <folder>',
    description: 'where each machine gets a folder with its name, and its image beside it',
    required: true,
  })
  out(value: string): string {
    return value;
  }

  @Option({
    flags: '--renew-within <days>',
    description:
      'renew certificates that end within this number of days (default: 30, or a third of the days of the machine where that is less)',
  })
  renewWithin(value: string): number {
    return this.parseDays('--renew-within', value, 0);
  }

  @Option({
    flags: '--ca-only',
    description: 'keep the certificates, and write ca-cert.pem alone, as the authority has it',
  })
  caOnly(): boolean {
    return true;
  }

  @Option({ flags: '--force', description: 'issue all again, whatever exists' })
  force(): boolean {
    return true;
  }

  async run([file = '']: string[], { authority, out, ...flags }: IssueAllFlags): Promise<void> {
    const { readInventory } = await import('../certs/inventory.js');
    const { issueAll, parseSettings } = await import('../certs/issue.js');
    const settings = this.parse(() => parseSettings(flags));
    const machines = this.parse(() => readInventory(file));
    const orders = machines.map((machine) => ({ machine, folder: join(out, machine.name) }));
    await issueAll(authority, orders, settings, (text) => this.output.sentence(text));
  }

  @Help('after')
  example(): string {
    return `
Example:
  givc-cli certs issue-all machines.json --authority ca --out certs

Inventory; only the name is required; the other values are the defaults, except addresses and image, which have none:
  { "machines": [{ "name": "net-vm", "addresses": ["192.168.101.6"], "days": 365, "keyType": "p256",
                   "usage": "both", "image": { "type": "ext4", "size": "1M" } }] }`;
  }
}
