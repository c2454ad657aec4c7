// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help } from 'nest-commander';
import { AdminCommand } from '../connection/admin-command.js';

@Command({ name: 'reboot', description: 'Reboots the computer, the host with all of its VMs.' })
export class RebootCommand extends AdminCommand {
  async run(): Promise<void> {
    await this.withLeavingAdmin((admin) => admin.reboot());
    this.output.sentence('The computer is rebooting.');
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli reboot';
  }
}
