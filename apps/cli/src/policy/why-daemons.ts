// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { callTypeOf, type RecordedCallLine } from '@givc/access';
import { GivcError, invalid } from '@givc/model';
import type { DecidingDaemon } from './deciding-daemon.js';
import type { ExplainedCall } from './explanation.js';
import { isPassedOn, onwardCall } from './onward-call.js';
import { adminRules, daemonOf, isFolder, readAgent, readExplainedRules } from './system-files.js';

/** A call to a daemon that decides about it. */
export interface DecidedCall {
  readonly daemon: DecidingDaemon;
  readonly call: ExplainedCall;
}

/**
 * The daemons that decide about the call, in order: without a configuration of an agent, the one whose rules are given;
 * with it the agent if agents serve the rpc, or else the admin and the agent to which it passes the call on. A refusal
 * that the admin has recorded as the answer of an agent is of both daemons. Throws INVALID_ARGUMENT that names what is
 * missing.
 */
export async function decidedCalls(
  rules: string | undefined,
  file: string | undefined,
  call: ExplainedCall,
): Promise<DecidedCall[]> {
  const refusal = call.recorded && refusalOfAgent(call.recorded);
  const called = refusal ? { ...call, recorded: undefined } : call;
  if (file === undefined) {
    if (rules === undefined)
      throw invalid('file', 'the rules are missing: name the file of Cedar rules, or the --agent');
    if (!refusal) return [{ daemon: { name: '', rules: await readExplainedRules(rules) }, call }];
    return [
      {
        daemon: { name: 'admin', rules: await adminRules({ rules, agents: [], revocations: undefined }) },
        call: called,
      },
      { daemon: { name: refusal.machine, rules: undefined }, call: { ...call, recorded: refusal.recorded } },
    ];
  }
  const agent = await readAgent(file);
  const files = { rules, agents: [file], revocations: undefined };
  const path = `/${call.rpc}`;
  if (!refusal && (await callTypeOf(path))!.daemons.includes('agent')) {
    if (agent.hasRules && rules === undefined)
      throw invalid(
        'file',
        `the rules of the agent of ${agent.name} are missing: name ${agent.rulesFile ?? 'their file'} of its machine`,
      );
    return [{ daemon: await daemonOf(files, agent, rules !== undefined && !isFolder(rules)), call }];
  }
  const passed = await onwardCall(path, call.request, agent.admin);
  const isTarget = passed && (passed.machine === undefined ? agent.isHost : passed.machine === agent.name);
  if (!isTarget)
    throw new GivcError(
      'INVALID_ARGUMENT',
      `--agent: the admin does not pass this call on to ${agent.name}${passed?.machine === undefined ? '' : `, but to ${passed.machine}`}: leave it out`,
    );
  const onward = {
    rpc: passed.call.path.slice(1),
    isStream: false,
    request: passed.call.request,
    recorded: refusal?.recorded,
  };
  const admin = { name: 'admin', rules: await adminRules(files) };
  return [
    { daemon: admin, call: called },
    { daemon: await daemonOf(files, agent, false), call: onward },
  ];
}

/** The admin records the denial of an agent with the machine of the agent before its reason. */
function refusalOfAgent(
  recorded: RecordedCallLine,
): { readonly machine: string; readonly recorded: RecordedCallLine } | undefined {
  if (recorded.answer !== 'PERMISSION_DENIED' || !isPassedOn(`/${recorded.rpc}`)) return undefined;
  const [, machine, reason] = /^([^\s:]+): (.+)$/s.exec(recorded.reason ?? '') ?? [];
  return machine === undefined ? undefined : { machine, recorded: { ...recorded, rule: undefined, reason } };
}
