// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command } from 'nest-commander';
import { ListPoliciesCommand } from '../policies/list-policies-command.js';

/** The former name of `policy status`, which scripts use. */
@Command({
  name: 'policies',
  description: 'The former name of "policy status".',
  options: { hidden: true },
})
export class PoliciesCommand extends ListPoliciesCommand {}
