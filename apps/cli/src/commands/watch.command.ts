// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help, Option } from 'nest-commander';
import { AdminCommand } from '../connection/admin-command.js';
import { itemTable, listedItem } from '../registry/listed-item.js';
import { formatChange, changes, jsonChange } from '../registry/watch-event.js';

interface WatchOptions {
  readonly asJson?: boolean;
  readonly initial?: boolean;
  readonly limit?: number;
}

@Command({ name: 'watch', description: 'Prints every change of the registry as it happens, until Ctrl-C.' })
export class WatchCommand extends AdminCommand {
  @Option({ flags: '--as-json', description: 'one line of JSON for each change' })
  asJson(): boolean {
    return true;
  }

  @Option({ flags: '--initial', description: 'begin with the current list' })
  initial(): boolean {
    return true;
  }

  @Option({
    flags: '--limit <number>',
    description: 'end after this many changes; the list of --initial does not count',
  })
  limit(value: string): number {
    return this.parseNumber('--limit', value, 0);
  }

  async run(_: string[], { asJson, initial, limit = Infinity }: WatchOptions): Promise<void> {
    await this.withAdmin(async (admin) => {
      for await (const change of changes(admin.watchOnce(), limit)) {
        if (change.kind !== 'initial') {
          if (asJson) this.output.json(jsonChange(change));
          else this.output.sentence(formatChange(change));
        } else if (initial) {
          if (asJson) this.output.json(change.items.map(listedItem));
          else this.output.table(itemTable(change.items));
        }
      }
    });
  }

  @Help('after')
  examples(): string {
    return '\nExamples:\n  givc-cli watch --initial\n  givc-cli watch --as-json --limit 1';
  }
}
