// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { DecidingDaemon } from './deciding-daemon.js';
import type { DecidingSystem } from './reach.js';

/** What the rows of `policy reach` take into account, and what they leave out, each as one line. */
export function considered(
  system: DecidingSystem,
  isPassedOn: boolean,
): { readonly known: string; readonly left: string } {
  const { called, onward, revocations } = system;
  const daemons = new Map([...called, ...(onward ? [onward.daemon] : [])].map((daemon) => [daemon.name, daemon]));
  const known = [...daemons.values()].flatMap(knownOf);
  if (revocations) known.push(`the revoked names (${revocations.names.length})`);
  const left = [...daemons.values()].flatMap(unknownOf);
  const isOfAdmin = called[0]?.name === 'admin' && !called[0].agent;
  if (isOfAdmin && isPassedOn && !onward) left.push('the agent that gets the call from the admin (--agent and --vm)');
  if (!revocations) left.push('revocations (--revocations)');
  else if (revocations.serialNumbers > 0)
    left.push(`the revoked serial numbers (${revocations.serialNumbers}): rows are names`);
  left.push('what runs now: no daemon is asked');
  return { known: known.join('; '), left: left.join('; ') };
}

const knownOf = ({ name, rules, agent }: DecidingDaemon): string[] => [
  ...(rules ? [`the rules of ${name}`] : [`${name} without rules`]),
  ...(agent ? [`the configuration of ${name}`] : []),
];

/** The admin has no configuration that says who may call it. */
const unknownOf = ({ name, agent }: DecidingDaemon): string[] =>
  agent || name === 'admin' ? [] : [`the configuration of ${name} (--agent)`];
