// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help, Option } from 'nest-commander';
import { AdminCommand } from '../connection/admin-command.js';
import { itemTable, listedItem } from '../registry/listed-item.js';

@Command({ name: 'query-list', description: 'Lists everything that is registered.' })
export class QueryListCommand extends AdminCommand {
  @Option({ flags: '--as-json', description: 'one JSON array instead of a table' })
  asJson(): boolean {
    return true;
  }

  async run(_: string[], { asJson }: { readonly asJson?: boolean }): Promise<void> {
    const { List } = await this.withAdmin((admin) => admin.queryList());
    if (asJson) this.output.json(List.map(listedItem));
    else this.output.table(itemTable(List));
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli query-list --as-json';
  }
}
