// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help, Option, SubCommand } from 'nest-commander';
import { parseUnitType } from '@givc/model';
import { AdminCommand } from '../connection/admin-command.js';
import { CommandGroup } from '../usage/command-group.js';
import { exitStatusHelpOf } from '../exit/exit-status.js';
import { ensureRegistered } from '../registry/ensure.js';

interface EnsureOptions {
  readonly retry: number;
  readonly type?: number;
  readonly vm?: string;
}

@SubCommand({
  name: 'ensure',
  description: 'Waits until a unit is registered.',
  arguments: '<unit>',
  argsDescription: { unit: 'registry name: givc-net-vm.service' },
})
export class TestEnsureCommand extends AdminCommand {
  @Option({ flags: '--retry <number>', description: 'number of tries, one each second', required: true })
  retry(value: string): number {
    return this.parseNumber('--retry', value, 1);
  }

  @Option({ flags: '--type <number>', description: 'only this type, 0 to 14, as agents register it' })
  type(value: string): number {
    const type = this.parseNumber('--type', value, 0);
    this.parse(() => parseUnitType('--type', type));
    return type;
  }

  @Option({ flags: '--vm <vm>', description: 'only in this VM' })
  vm(value: string): string {
    return value;
  }

  async run([name = '']: string[], { retry, type, vm }: EnsureOptions): Promise<void> {
    await this.withAdmin((admin) =>
      ensureRegistered({ names: [name], type, vm }, retry, async () => (await admin.queryList()).List),
    );
    this.output.sentence(`${name} is registered.`);
  }

  @Help('after')
  example(): string {
    return `
Example:
  givc-cli test ensure givc-net-vm.service --retry 30 --vm net-vm

${exitStatusHelpOf('test ensure')}`;
  }
}

@Command({ name: 'test', description: 'Checks for scripts and tests.', subCommands: [TestEnsureCommand] })
export class TestCommand extends CommandGroup {}
