// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help } from 'nest-commander';
import { AdminCommand } from '../connection/admin-command.js';

@Command({ name: 'poweroff', description: 'Powers the computer off, the host with all of its VMs.' })
export class PoweroffCommand extends AdminCommand {
  async run(): Promise<void> {
    await this.withLeavingAdmin((admin) => admin.poweroff());
    this.output.sentence('The computer is powering off.');
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli poweroff';
  }
}
