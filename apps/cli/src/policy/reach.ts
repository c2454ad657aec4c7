// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { otherSource, type PartialRequest, type Revocations } from '@givc/access';
import { decideAt, type AskedCall, type DecidingDaemon, type Decision } from './deciding-daemon.js';

/** Whether one machine can make a call to one daemon. */
export interface Reach {
  /** The first DNS name of its certificate; undefined for every machine without a row. */
  readonly source: string | undefined;
  /** The daemon that it calls. */
  readonly at: string;
  readonly answer: Decision['answer'];
  /** The decision of the daemon, then that of the agent to which the admin passes the call on. */
  readonly decisions: readonly Decision[];
}

/** The daemons that decide about a call. */
export interface DecidingSystem {
  /** The daemons that the call is for. */
  readonly called: readonly DecidingDaemon[];
  /** The agent to which the first of them passes the call on, if that is the admin, and how. */
  readonly onward: { readonly daemon: DecidingDaemon; readonly call: AskedCall } | undefined;
  readonly revocations: Revocations | undefined;
  /** The names of further machines. */
  readonly names: readonly string[];
}

/** Who can make the call: a row for each machine that is named anywhere, and one for every other. */
export function reachOf(system: DecidingSystem, path: string, asked: PartialRequest): Reach[] {
  const ofRules = system.called.flatMap(({ rules }) => rules?.sources ?? []);
  const names = [...new Set([...ofRules, ...system.names, ...(system.revocations?.names ?? [])])].sort();
  const other = otherSource(names);
  return system.called.flatMap((daemon) =>
    [...names, undefined].map((source) => {
      const decisions = decisionsOf(system, daemon, { path, request: { ...asked, source: source ?? other } });
      const answers = new Set(decisions.map(({ answer }) => answer));
      const answer = (['refused', 'undecided'] as const).find((one) => answers.has(one)) ?? 'permitted';
      return { source, at: daemon.name, answer, decisions };
    }),
  );
}

function decisionsOf(
  { called, onward, revocations }: DecidingSystem,
  daemon: DecidingDaemon,
  call: AskedCall,
): Decision[] {
  const first = decideAt(daemon, call, revocations);
  if (!onward || daemon !== called[0] || first.answer === 'refused') return [first];
  return [first, decideAt(onward.daemon, onward.call, revocations)];
}
