// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { hostname } from 'node:os';
import { Command, Help, Option } from 'nest-commander';
import { invalid, parseVmName, quoted, urgencyLevels } from '@givc/model';
import { AdminCommand } from '../connection/admin-command.js';

interface NotifyFlags {
  readonly event?: string;
  readonly title?: string;
  readonly urgency?: number;
  readonly icon?: string;
  readonly message?: string;
}

const normal = urgencyLevels.indexOf('normal');

@Command({
  name: 'notify-user',
  description: 'Shows the user of a VM a notification.',
  arguments: '<vm>',
  argsDescription: { vm: 'name of the VM that shows it: gui-vm' },
})
export class NotifyUserCommand extends AdminCommand {
  @Option({ flags: '--event <event>', description: 'name of the event (default: Default Event)' })
  event(value: string): string {
    return value;
  }

  @Option({ flags: '--title <title>', description: 'its headline (default: Default Title)' })
  title(value: string): string {
    return value;
  }

  @Option({
    flags: '--urgency <level>',
    description: 'its urgency (default: normal)',
    choices: [...urgencyLevels],
  })
  urgency(value: string): number {
    const level = urgencyLevels.findIndex((known) => known === value);
    return this.parse(() => {
      if (level < 0)
        throw invalid('--urgency', `invalid urgency ${quoted(value)}: expected ${urgencyLevels.join(', ')}`);
      return level;
    });
  }

  @Option({ flags: '--icon <icon>', description: 'name of an icon (default: dialog-information)' })
  icon(value: string): string {
    return value;
  }

  @Option({ flags: '--message <message>', description: 'its text (default: (no message))' })
  message(value: string): string {
    return value;
  }

  async run([name = '']: string[], flags: NotifyFlags): Promise<void> {
    const VmName = this.parse(() => parseVmName('vm', name));
    const Notification = {
      Event: `[${hostname()}] ${flags.event ?? 'Default Event'}`,
      Title: flags.title ?? 'Default Title',
      Urgency: flags.urgency ?? normal,
      Icon: flags.icon ?? 'dialog-information',
      Message: flags.message ?? '(no message)',
    };
    const { Status } = await this.withAdmin((admin) => admin.notifyUser({ VmName, Notification }));
    this.output.sentence(`${Status || 'Notification sent'}.`);
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli notify-user gui-vm --title "Low battery" --urgency critical --message "5 % left"';
  }
}
