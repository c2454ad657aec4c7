// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isForOneCaller, type ExplainedRules, type PartialRequest, type Revocations, type Verdict } from '@givc/access';
import type { AgentConfiguration } from './agent-configuration.js';

/** A daemon as far as it decides who may call it. */
export interface DecidingDaemon {
  /** `admin`, or the name of an agent's machine. */
  readonly name: string;
  /** Undefined when the access control of the agent is off, and when none are given of the admin. */
  readonly rules: ExplainedRules | undefined;
  /** Undefined for the admin, and for an agent whose configuration is not given. */
  readonly agent?: AgentConfiguration | undefined;
}

/** A call to a daemon; `path` is `/pkg.Service/Method`. */
export interface AskedCall {
  readonly path: string;
  readonly request: PartialRequest;
}

/** The decision of one daemon. */
export interface Decision {
  /** The name of the daemon. */
  readonly at: string;
  readonly answer: Verdict['answer'];
  /** The rules that decide, or the reason of the refusal. */
  readonly reason: string;
}

const startApplication = '/systemd.UnitControlService/StartApplication';

/** Decides like a daemon: by the certificate of the caller, then by `adminOnly` and the rules, then by its settings. */
export function decideAt(daemon: DecidingDaemon, call: AskedCall, revocations: Revocations | undefined): Decision {
  const { source } = call.request;
  const refused = (reason: string): Decision => ({ at: daemon.name, answer: 'refused', reason });
  if (revocations?.names.includes(source)) return refused('its certificate is revoked by its name');
  const only = onlyCallerOf(daemon, call);
  if (only !== undefined) return refused(`changes only from ${only}`);
  const verdict = daemon.rules?.decide(call.request);
  if (verdict?.answer === 'refused' && !areEntriesDecided(call, verdict)) return refused(reasonOf(verdict));
  const limit = limitOf(daemon, call);
  if (limit !== undefined) return refused(limit);
  if (!verdict) return { at: daemon.name, answer: 'permitted', reason: withoutRules(daemon) };
  if (verdict.answer === 'refused')
    return { at: daemon.name, answer: 'undecided', reason: 'each reported entry is decided like RegisterService' };
  return { at: daemon.name, answer: verdict.answer, reason: reasonOf(verdict) };
}

/** Why a daemon without rules permits a call. Only configurations of agents say whether access control is on. */
export const withoutRules = ({ agent }: DecidingDaemon): string =>
  agent ? 'access control is off' : 'no rules are given';

/** The only caller from which an agent accepts the call, when that is another one. */
export function onlyCallerOf({ agent }: DecidingDaemon, { path, request }: AskedCall): string | undefined {
  const only = agent?.changesOnlyFrom;
  return only !== request.source && isForOneCaller(path) ? only : undefined;
}

/** Where no rule mentions reports, the admin decides about each entry as about its registration. */
const areEntriesDecided = ({ path }: AskedCall, verdict: Verdict): boolean =>
  path === '/report.Reports/Report' && verdict.answer === 'refused' && verdict.by === 'default';

function reasonOf(verdict: Verdict): string {
  const named = 'rules' in verdict ? verdict.rules.map(({ name }) => name).join(', ') : '';
  if (verdict.answer === 'permitted') return named;
  if (verdict.answer === 'undecided')
    return `${named}${verdict.unknown.length > 0 ? `, depending on ${verdict.unknown.join(', ')}` : ''}`;
  if (verdict.by === 'default') return 'no rule permits it';
  return verdict.by === 'forbid' ? `forbidden by ${named}` : `${named} cannot be evaluated`;
}

/** The reason why the configuration of an agent refuses the call, whatever its rules permit. */
export function limitOf({ agent, rules }: DecidingDaemon, { path, request }: AskedCall): string | undefined {
  if (!agent) return undefined;
  const { module, source, context } = request;
  const off = agent.switchedOff(module);
  if (off !== undefined) return `capabilities.${off} is off`;
  if (!rules && source !== agent.admin && isForAdminAlone.has(path))
    return `only ${agent.admin} may call it, as access control is off`;
  const callers = agent.callersOf(module);
  if (callers && !callers.includes(source)) return `capabilities.${keyOf[module]} has no entry for it`;
  const named = module === 'journal' ? context['units'] : module === 'systemd' ? [context['UnitName']] : [];
  // Nothing is known of a unit that is unknown.
  const units = (Array.isArray(named) ? named : []).filter((unit) => typeof unit === 'string');
  const isAllowed = (unit: string): boolean =>
    path === startApplication ? agent.hasInstance(unit) : agent.hasUnit(unit);
  const denied = units.find((unit) => !isAllowed(unit));
  const key = path === startApplication ? 'applications' : 'services';
  return denied && `${denied} is not in its allowlist (capabilities.${key})`;
}

/** What an agent without rules serves to its admin alone. */
const isForAdminAlone: ReadonlySet<string> = new Set([
  '/journal.JournalService/ReadJournal',
  '/doctor.Doctor/RunChecks',
  '/resources.ResourcesService/GetUsage',
]);

const keyOf: Readonly<Record<string, string>> = { exec: 'exec', socketproxy: 'socketProxy', eventproxy: 'eventProxy' };
