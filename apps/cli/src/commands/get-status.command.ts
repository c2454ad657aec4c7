// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help, Option } from 'nest-commander';
import { GivcError, parseUnitName, parseVmName } from '@givc/model';
import { AdminCommand } from '../connection/admin-command.js';
import { parseStatusProperty, type StatusProperty } from '../units/unit-properties.js';
import { unitStatusText } from '../units/unit-status-text.js';

interface StatusOptions {
  readonly asJson?: boolean;
  readonly property?: readonly StatusProperty[];
  readonly value?: boolean;
}

@Command({
  name: 'get-status',
  description: 'Shows the status of a unit in a VM, as its systemd reports it.',
  arguments: '<vm> <unit>',
  argsDescription: {
    '<vm>': 'name of the VM: net-vm',
    '<unit>': 'name of the unit with its suffix: NetworkManager.service',
  },
})
export class GetStatusCommand extends AdminCommand {
  @Option({ flags: '--as-json', description: 'one JSON object with all properties' })
  asJson(): boolean {
    return true;
  }

  @Option({
    flags: '-p, --property <name>',
    description: 'print NAME=VALUE of this property only; several are separated by commas, or the option is repeated',
  })
  property(value: string, previous: readonly StatusProperty[] = []): readonly StatusProperty[] {
    return [...previous, ...this.parse(() => value.split(',').map(parseStatusProperty))];
  }

  @Option({ flags: '--value', description: 'with --property: print the values without NAME=' })
  value(): boolean {
    return true;
  }

  async run([vm = '', unit = '']: string[], { asJson, property, value }: StatusOptions): Promise<void> {
    this.parse(() => {
      if (asJson && property) throw new GivcError('INVALID_ARGUMENT', '--as-json and --property exclude each other');
      if (value && !property) throw new GivcError('INVALID_ARGUMENT', '--value needs --property');
    });
    const VmName = this.parse(() => parseVmName('vm', vm));
    const UnitName = this.parse(() => parseUnitName('unit', unit));
    const status = await this.withAdmin((admin) => admin.getUnitStatus({ VmName, UnitName }));
    if (asJson) this.output.json(status);
    else if (property)
      for (const name of property) this.output.sentence(value ? status[name] : `${name}=${status[name]}`);
    else this.output.text(unitStatusText(status));
  }

  @Help('after')
  example(): string {
    return `
Examples:
  givc-cli get-status net-vm NetworkManager.service
  givc-cli get-status net-vm NetworkManager.service --property ActiveState --value
  givc-cli get-status net-vm NetworkManager.service --as-json

Properties, as in systemd and in the JSON object: Name, Description, LoadState, ActiveState, SubState, Path, FreezerState.`;
  }
}
