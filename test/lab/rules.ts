// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { MachineName } from './plan.js';

/** Where each machine has its rules. */
export const rulesFile = '/etc/givc/rules.cedar';

/**
 * The desktop and the operator may call all rpcs of the admin; other machines may register and read, and start nothing.
 */
const adminRules = `@id("agents register")
permit (principal, action == Command::"RegisterService", resource == Module::"admin");

@id("the desktop and the operator")
permit (principal, action, resource)
when { [Source::"gui-vm", Source::"operator"].contains(principal) };
`;

/**
 * Other machines may use sockets of this machine, which permits them by `permittedSource` or `transport`, and nothing
 * else.
 */
const agentRules = `@id("the admin passes on")
permit (principal == Source::"admin-vm", action, resource);

@id("the desktop and the operator")
permit (principal, action, resource)
when { [Source::"gui-vm", Source::"operator"].contains(principal) };
`;

/**
 * The machines whose agent has rules, because callers other than the admin change something there: they run programs
 * and join networks. All other agents have `adminOnly`.
 */
const withRules: readonly MachineName[] = ['net-vm', 'chrome-vm'];

/** The `accessControl` of the machine's agent. */
export const accessControlOf = (name: MachineName): object =>
  withRules.includes(name)
    ? { enable: true, rulesFile, adminOnly: false }
    : { enable: false, rulesFile: '', adminOnly: true };

/** The Cedar rules of the machine; undefined where it has none. */
export function rulesOf(name: MachineName): string | undefined {
  if (name === 'admin-vm') return adminRules;
  return withRules.includes(name) ? agentRules : undefined;
}
