// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command } from 'nest-commander';
import { CommandGroup } from '../usage/command-group.js';
import { PolicyCheckCommand } from './policy-check.command.js';
import { PolicyReachCommand } from './policy-reach.command.js';
import { PolicyStatusCommand } from './policy-status.command.js';
import { PolicyTestCommand } from './policy-test.command.js';
import { PolicyWhyCommand } from './policy-why.command.js';

@Command({
  name: 'policy',
  description: 'Lists the policies of VMs; checks, tries and explains rules of access control.',
  subCommands: [PolicyStatusCommand, PolicyCheckCommand, PolicyTestCommand, PolicyWhyCommand, PolicyReachCommand],
})
export class PolicyCommand extends CommandGroup {}
