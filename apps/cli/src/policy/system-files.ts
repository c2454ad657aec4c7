// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ExplainedRules, Revocations, type CallType, type PartialRequest } from '@givc/access';
import { GivcError, invalid } from '@givc/model';
import type { AgentConfiguration } from './agent-configuration.js';
import type { DecidingDaemon } from './deciding-daemon.js';
import { onwardCall } from './onward-call.js';
import type { DecidingSystem } from './reach.js';
import { readRules } from './rules-command.js';

/** The files that say who may do what. */
export interface SystemFiles {
  /** A file of rules of the called daemon, or a folder with `admin.cedar` and a `VM.cedar` for each agent. */
  readonly rules: string | undefined;
  readonly agents: readonly string[];
  readonly revocations: string | undefined;
}

/** Throws INVALID_ARGUMENT that names the file. */
export const readExplainedRules = (file: string): Promise<ExplainedRules> =>
  ExplainedRules.parse(readRules(file), file);

export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** The schema is imported when it is used, so that other commands start without it. */
export async function readAgent(file: string): Promise<AgentConfiguration> {
  const { AgentConfiguration } = await import('./agent-configuration.js');
  return AgentConfiguration.read(file);
}

/**
 * Reads the daemons that decide about the call: the admin, or the agents, only that of `vm` where it is given. Throws
 * INVALID_ARGUMENT that names what is missing.
 */
export async function readSystem(
  files: SystemFiles,
  { path, module, daemons, fields }: CallType,
  request: PartialRequest,
  vm: string | undefined,
): Promise<DecidingSystem> {
  const agents = await Promise.all(files.agents.map(readAgent));
  const revocations =
    files.revocations === undefined ? undefined : Revocations.parse(readRules(files.revocations), files.revocations);
  const names = agents.flatMap((agent) => [agent.name, agent.admin, ...(agent.callersOf(module) ?? [])]);
  // Only a request with such a field is passed on; others of both daemons are for the one that is called.
  const isOfBoth = daemons.length > 1 && fields.has('vm');
  const isForAdmin = daemons.includes('admin') && (vm === undefined || daemons.length === 1 || isOfBoth);
  if (!isForAdmin) return { called: await calledAgents(files, agents, vm), onward: undefined, revocations, names };
  if (files.rules === undefined && agents.length === 0)
    throw invalid('file', 'the rules are missing: name admin.cedar, or a folder that has it, or the --agent');
  const direct = isOfBoth && agents.length > 0 ? await calledAgents(files, agents, vm, false) : [];
  const called = [{ name: 'admin', rules: await adminRules(files) }, ...direct];
  return { called, onward: await targetOf(files, agents, path, request), revocations, names };
}

/** Undefined when no rules are given. */
export async function adminRules({ rules }: SystemFiles): Promise<ExplainedRules | undefined> {
  return rules === undefined ? undefined : readExplainedRules(isFolder(rules) ? join(rules, 'admin.cedar') : rules);
}

async function calledAgents(
  files: SystemFiles,
  agents: readonly AgentConfiguration[],
  vm: string | undefined,
  isOwnFile = files.rules !== undefined && !isFolder(files.rules),
): Promise<DecidingDaemon[]> {
  const chosen = agents.filter(({ name }) => vm === undefined || name === vm);
  if (chosen.length > 0) return Promise.all(chosen.map((agent) => daemonOf(files, agent, isOwnFile)));
  if (agents.length > 0)
    throw invalid(
      '--vm',
      `no configuration of --agent is of ${vm}: they are of ${agents.map(({ name }) => name).join(', ')}`,
    );
  const { rules } = files;
  if (rules === undefined) throw invalid('--agent', 'it is missing: the call is for agents');
  if (!isFolder(rules)) return [{ name: vm ?? 'agent', rules: await readExplainedRules(rules) }];
  const found = readdirSync(rules).filter((file) => file.endsWith('.cedar') && file !== 'admin.cedar');
  const wanted = found.filter((file) => vm === undefined || file === `${vm}.cedar`).sort();
  if (wanted.length === 0)
    throw invalid('rules', `${rules} has no rules of ${vm ?? 'an agent'}: expected ${vm ?? 'VM'}.cedar`);
  return Promise.all(
    wanted.map(async (file) => ({
      name: basename(file, '.cedar'),
      rules: await readExplainedRules(join(rules, file)),
    })),
  );
}

/** The file that the configuration names belongs to the machine of the agent, and is not read here. */
export async function daemonOf(
  { rules }: SystemFiles,
  agent: AgentConfiguration,
  isOwnFile: boolean,
): Promise<DecidingDaemon> {
  const { name } = agent;
  if (!agent.hasRules) return { name, agent, rules: undefined };
  if (isOwnFile) return { name, agent, rules: await readExplainedRules(rules!) };
  const file = rules !== undefined && isFolder(rules) ? join(rules, `${name}.cedar`) : undefined;
  if (file === undefined || !existsSync(file))
    throw new GivcError(
      'INVALID_ARGUMENT',
      `the rules of the agent of ${name} are missing: expected ${name}.cedar in a folder of rules`,
    );
  return { name, agent, rules: await readExplainedRules(file) };
}

async function targetOf(
  files: SystemFiles,
  agents: readonly AgentConfiguration[],
  path: string,
  request: PartialRequest,
): Promise<DecidingSystem['onward']> {
  for (const agent of agents) {
    const passed = await onwardCall(path, request, agent.admin);
    const isTarget = passed && (passed.machine === undefined ? agent.isHost : passed.machine === agent.name);
    if (isTarget) return { daemon: await daemonOf(files, agent, false), call: passed.call };
  }
  return undefined;
}
