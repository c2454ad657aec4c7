// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { callTypeOf } from '@givc/access';
import { GivcError, invalid } from '@givc/model';
import { AgentConfiguration } from './agent-configuration.js';
import type { DecidingDaemon } from './deciding-daemon.js';
import type { ExplainedCall } from './explanation.js';
import { onwardCall } from './onward-call.js';
import { adminRules, daemonOf, isFolder, readExplainedRules } from './system-files.js';

/** A call to a daemon that decides about it. */
export interface DecidedCall {
  readonly daemon: DecidingDaemon;
  readonly call: ExplainedCall;
}

/**
 * The daemons that decide about the call, in order: without a configuration of an agent, the one whose rules are given;
 * with it the agent if agents serve the rpc, or else the admin and the agent to which it passes the call on. Throws
 * INVALID_ARGUMENT that names what is missing.
 */
export async function decidedCalls(
  rules: string | undefined,
  file: string | undefined,
  call: ExplainedCall,
): Promise<DecidedCall[]> {
  if (file === undefined) {
    if (rules === undefined)
      throw invalid('file', 'the rules are missing: name the file of Cedar rules, or the --agent');
    return [{ daemon: { name: '', rules: await readExplainedRules(rules) }, call }];
  }
  const agent = AgentConfiguration.read(file);
  const files = { rules, agents: [file], revocations: undefined };
  const path = `/${call.rpc}`;
  if ((await callTypeOf(path))!.daemons.includes('agent')) {
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
  const onward = { rpc: passed.call.path.slice(1), isStream: false, request: passed.call.request };
  const admin = { name: 'admin', rules: await adminRules(files) };
  return [
    { daemon: admin, call },
    { daemon: await daemonOf(files, agent, false), call: onward },
  ];
}
