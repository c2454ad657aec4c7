// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Help, Option, SubCommand } from 'nest-commander';
import { parseVmName } from '@givc/model';
import { AnalyzeCommand, type AnalyzeOptions } from '../analyze/analyze-command.js';
import { startChart } from '../analyze/start-chart.js';

interface StartOptions extends AnalyzeOptions {
  readonly vm?: string;
}

@SubCommand({
  name: 'start',
  description: 'Shows the last start of a unit, an application or a VM, from the command on.',
  arguments: '<unit>',
  argsDescription: { unit: 'a unit, an application such as chromium, or the name of a VM' },
})
export class AnalyzeStartCommand extends AnalyzeCommand {
  @Option({ flags: '--vm <vm>', description: 'only a start in this VM' })
  vm(value: string): string {
    return this.parse(() => parseVmName('--vm', value));
  }

  async run([name = '']: string[], { vm, ...options }: StartOptions): Promise<void> {
    const chart = await this.measure(({ boots, events }) => startChart({ name, vm }, boots, events));
    await this.show(chart, options);
  }

  @Help('after')
  examples(): string {
    return `
Examples:
  givc-cli analyze start chromium
  givc-cli analyze start chrome-vm
  givc-cli analyze start web.service --vm net-vm --svg start.svg

The start of an application has the boot of its VM, if that was down; that of a VM ends when its agent has registered.

A unit that was not started by a command of this admin is shown from its start by systemd on.`;
  }
}
