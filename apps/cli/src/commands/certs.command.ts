// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command } from 'nest-commander';
import { CommandGroup } from '../usage/command-group.js';
import { CertsAuthorityCommand } from './certs-authority.command.js';
import { CertsIssueAllCommand } from './certs-issue-all.command.js';
import { CertsIssueCommand } from './certs-issue.command.js';
import { CertsShowCommand } from './certs-show.command.js';
import { CertsVerifyCommand } from './certs-verify.command.js';

@Command({
  name: 'certs',
  description: 'Makes and checks the certificates by which machines prove who they are; needs no admin.',
  subCommands: [CertsAuthorityCommand, CertsIssueCommand, CertsIssueAllCommand, CertsShowCommand, CertsVerifyCommand],
})
export class CertsCommandGroup extends CommandGroup {}
