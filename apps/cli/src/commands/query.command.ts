// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help, Option } from 'nest-commander';
import { parseUnitType, quoted } from '@givc/model';
import { AdminCommand } from '../connection/admin-command.js';
import { unknownName } from '../names/unknown-name.js';
import { itemMatcher, itemTable, listedItem } from '../registry/listed-item.js';

interface QueryOptions {
  readonly asJson?: boolean;
  readonly byType?: number;
  readonly byName?: readonly string[];
}

@Command({ name: 'query', description: 'Lists what is registered: agents, VMs, services and running applications.' })
export class QueryCommand extends AdminCommand {
  @Option({ flags: '--as-json', description: 'one JSON array instead of a table' })
  asJson(): boolean {
    return true;
  }

  @Option({
    flags: '--by-type <number>',
    description: 'only this type, 0 to 14, as agents register it (7: system VMs)',
  })
  byType(value: string): number {
    const type = this.parseNumber('--by-type', value, 0);
    this.parse(() => parseUnitType('--by-type', type));
    return type;
  }

  @Option({ flags: '--by-name <unit...>', description: 'only units with one of these names' })
  byName(value: string, previous: readonly string[] = []): readonly string[] {
    return [...previous, value];
  }

  async run(_: string[], { asJson, byType, byName }: QueryOptions): Promise<void> {
    const { List } = await this.withAdmin((admin) => admin.queryList());
    const items = List.filter(itemMatcher({ type: byType, names: byName }));
    if (asJson) this.output.json(items.map(listedItem));
    else this.output.table(itemTable(items));
    if (!byName || items.length > 0) return;
    const unknown = unknownName(List, { units: byName });
    // Other commands accept a name without its suffix.
    const short = byName.find((name) => List.some(({ Name }) => Name === `${name}.service`));
    if (unknown) this.output.note(`${unknown.problem}: ${unknown.advice}`);
    else if (short !== undefined)
      this.output.note(`no unit has the name ${quoted(short)}: did you mean ${quoted(`${short}.service`)}?`);
  }

  @Help('after')
  examples(): string {
    return '\nExamples:\n  givc-cli query\n  givc-cli query --as-json --by-type 14 --by-name chromium@0.service';
  }
}
