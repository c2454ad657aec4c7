// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Help, SubCommand } from 'nest-commander';
import { AnalyzeCommand, type AnalyzeOptions } from '../analyze/analyze-command.js';
import { bootChart } from '../analyze/boot-chart.js';

@SubCommand({
  name: 'boot',
  description: 'Shows the last boot of the computer: each machine, its agent and its units.',
})
export class AnalyzeBootCommand extends AnalyzeCommand {
  async run(_: string[], options: AnalyzeOptions): Promise<void> {
    await this.show(await this.measure(({ boots, events }) => bootChart(boots, events)), options);
  }

  @Help('after')
  examples(): string {
    return `
Examples:
  givc-cli analyze boot
  givc-cli analyze boot --svg boot.svg
  givc-cli analyze boot --as-json

The chart of --svg is for a browser, as that of systemd-analyze plot.

Each bar has its duration, and its begin after "@". All times are by the clock of the admin. Agents of other
implementations and of earlier versions do not say when their machines have booted.`;
  }
}
