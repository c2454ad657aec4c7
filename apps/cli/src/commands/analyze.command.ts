// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command } from 'nest-commander';
import { CommandGroup } from '../usage/command-group.js';
import { AnalyzeBootCommand } from './analyze-boot.command.js';
import { AnalyzeStartCommand } from './analyze-start.command.js';

@Command({
  name: 'analyze',
  description: 'Draws where the time of a boot or of a start went.',
  subCommands: [AnalyzeBootCommand, AnalyzeStartCommand],
})
export class AnalyzeCommandGroup extends CommandGroup {}
