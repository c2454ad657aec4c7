// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help } from 'nest-commander';
import { parseTimezone } from '@givc/model';
import { AdminCommand } from '../connection/admin-command.js';
import { exitStatusHelpOf } from '../exit/exit-status.js';

@Command({
  name: 'set-timezone',
  description: 'Sets the timezone of all machines, now and whenever one boots.',
  arguments: '<zone>',
  argsDescription: { zone: 'a name of the zone database: Europe/Helsinki' },
})
export class SetTimezoneCommand extends AdminCommand {
  async run([name = '']: string[]): Promise<void> {
    const Timezone = this.parse(() => parseTimezone('zone', name));
    await this.withAdmin((admin) => admin.setTimezone({ Timezone }));
    this.output.sentence(`Set the timezone to ${Timezone}.`);
  }

  @Help('after')
  example(): string {
    return `\nExample:\n  givc-cli set-timezone Europe/Helsinki\n\n${exitStatusHelpOf('set-timezone')}`;
  }
}
