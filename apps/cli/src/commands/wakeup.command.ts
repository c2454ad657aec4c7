// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help } from 'nest-commander';
import { AdminCommand } from '../connection/admin-command.js';

@Command({ name: 'wakeup', description: 'Wakes the computer up, where the admin can do that.' })
export class WakeupCommand extends AdminCommand {
  async run(): Promise<void> {
    await this.withAdmin((admin) => admin.wakeup());
    this.output.sentence('The computer is awake.');
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli wakeup';
  }
}
