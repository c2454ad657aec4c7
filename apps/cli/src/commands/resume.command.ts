// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help, Option } from 'nest-commander';
import { parseInstanceSelector, parseVmName } from '@givc/model';
import { AdminCommand } from '../connection/admin-command.js';
import { formatOutcome } from '../output/format-outcome.js';
import { vmOfInstance } from '../units/vm-of-instance.js';

@Command({
  name: 'resume',
  description: 'Thaws an instance of an application, or all of them.',
  arguments: '<instance>',
  argsDescription: { instance: 'chromium@0.service; chromium@ means every instance' },
})
export class ResumeCommand extends AdminCommand {
  @Option(vmOfInstance)
  vm(value: string): string {
    return this.parse(() => parseVmName('--vm', value));
  }

  async run([AppName = '']: string[], { vm }: { readonly vm?: string }): Promise<void> {
    this.parse(() => parseInstanceSelector('instance', AppName));
    const response = await this.withAdmin((admin) => admin.resumeApplication({ AppName, VmName: vm, Args: [] }));
    this.output.sentence(formatOutcome('Resumed', AppName, response));
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli resume chromium@';
  }
}
