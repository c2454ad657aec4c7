// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command } from 'nest-commander';
import { CommandGroup } from '../usage/command-group.js';
import { PolicyCheckCommand } from './policy-check.command.js';
import { PolicyTestCommand } from './policy-test.command.js';

@Command({
  name: 'policy',
  description: 'Tries rules of access control before a daemon uses them.',
  subCommands: [PolicyCheckCommand, PolicyTestCommand],
})
export class PolicyCommand extends CommandGroup {}
