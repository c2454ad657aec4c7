// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help } from 'nest-commander';
import { CommandGroup } from '../usage/command-group.js';
import { AnalyzeBootCommand } from './analyze-boot.command.js';
import { AnalyzeStartCommand } from './analyze-start.command.js';

@Command({
  name: 'analyze',
  description: 'Draws where the time of a boot or of a start went.',
  subCommands: [AnalyzeBootCommand, AnalyzeStartCommand],
})
export class AnalyzeCommandGroup extends CommandGroup {
  @Help('after')
  examples(): string {
    return `
Examples:
  givc-cli analyze boot
  givc-cli analyze boot --svg boot.svg
  givc-cli analyze start chromium

The times come from the agents; what was restarted, and the command of a start, from the history of the admin.`;
  }
}
