// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help, Option } from 'nest-commander';
import { parseVmName } from '@givc/model';
import { AdminCommand } from '../connection/admin-command.js';
import { statsJson, statsText } from '../stats/stats-text.js';

@Command({
  name: 'get-stats',
  description: 'Shows the memory and load of a VM, and the processes with the highest usage since the last request.',
  arguments: '<vm>',
  argsDescription: { vm: 'name of the VM: net-vm' },
})
export class GetStatsCommand extends AdminCommand {
  @Option({ flags: '--as-json', description: 'one JSON object: memory in bytes, resident sets in pages of 4 KiB' })
  asJson(): boolean {
    return true;
  }

  async run([name = '']: string[], { asJson }: { readonly asJson?: boolean }): Promise<void> {
    const VmName = this.parse(() => parseVmName('vm', name));
    const stats = await this.withAdmin((admin) => admin.getStats({ VmName }));
    if (asJson) this.output.json(statsJson(stats));
    else this.output.text(statsText(stats));
  }

  @Help('after')
  examples(): string {
    return '\nExamples:\n  givc-cli get-stats net-vm\n  givc-cli get-stats net-vm --as-json';
  }
}
