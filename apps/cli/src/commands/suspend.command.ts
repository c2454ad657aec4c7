// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help } from 'nest-commander';
import { AdminCommand } from '../connection/admin-command.js';

@Command({ name: 'suspend', description: 'Suspends the computer; returns when it is awake again.' })
export class SuspendCommand extends AdminCommand {
  async run(): Promise<void> {
    await this.withAdmin((admin) => admin.suspend());
    this.output.sentence('The computer was suspended.');
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli suspend';
  }
}
