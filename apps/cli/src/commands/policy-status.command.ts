// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { SubCommand } from 'nest-commander';
import { ListPoliciesCommand } from '../policies/list-policies-command.js';

@SubCommand({
  name: 'status',
  description: 'Lists the policies of each VM, and whether each is up to date.',
})
export class PolicyStatusCommand extends ListPoliciesCommand {}
