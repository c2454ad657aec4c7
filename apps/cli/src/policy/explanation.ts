// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  callTypes,
  describeCalls,
  describeSources,
  grantsOf,
  smallestRule,
  UnknownField,
  unknownFields,
  type ExplainedRules,
  type PartialRecord,
  type PartialRequest,
  type RecordedCallLine,
  type Rule,
  type Verdict,
} from '@givc/access';
import { quoted } from '@givc/model';
import { limitOf, onlyCallerOf, withoutRules, type DecidingDaemon } from './deciding-daemon.js';

/** The JSON of `policy why`. */
export interface Explanation {
  readonly source: string;
  /** `pkg.Service/Method` */
  readonly call: string;
  /** The daemon that decides: `admin`, or the machine of an agent; null without a configuration of an agent. */
  readonly at: string | null;
  readonly answer: Verdict['answer'];
  /**
   * `rule`, `forbid`, `error`, `default`, `unknown`; `off` without rules, `configuration` for a refusal by the settings
   * of an agent, and `other` for a recorded one that no rule has caused.
   */
  readonly by: string;
  /** The decision in one sentence. */
  readonly reason: string;
  readonly rules: readonly ExplainedRule[];
  /** The smallest rule that permits the call, unless a rule does. */
  readonly smallest_rule: string | null;
  /** What the smallest rule permits, in words. */
  readonly smallest_rule_permits: string | null;
  /** The fields of the request that are unknown. */
  readonly unknown: readonly string[];
}

interface ExplainedRule {
  readonly effect: Rule['effect'];
  readonly name: string;
  readonly location: string;
  readonly text: string;
  /** What the rule permits or forbids, in words: a line for each group of sources. */
  readonly applies_to: readonly string[];
}

/** A call to explain; `isStream` when its requests are a stream, of which rules see nothing. */
export interface ExplainedCall {
  readonly rpc: string;
  readonly isStream: boolean;
  readonly request: PartialRequest;
  readonly recorded?: RecordedCallLine | undefined;
}

/** The reasons of the audit log for a decision of the rules. */
const reasonsOfRules = ['no rule permits it', 'a rule forbids it'];

/** Explains what a daemon decides about a call, and why: its rules, and what is known of its configuration. */
export async function explainCall(daemon: DecidingDaemon, call: ExplainedCall): Promise<Explanation> {
  const { request, rpc } = call;
  const { rules, agent } = daemon;
  const asked = { path: `/${rpc}`, request };
  const at = daemon.name || null;
  const about = { source: request.source, call: rpc, at, unknown: unknownFields(request.context) };
  const refused = (by: string, reason: string): Explanation => ({
    ...about,
    ...{ answer: 'refused', by, reason, rules: [] },
    ...withoutRule,
  });
  const only = onlyCallerOf(daemon, asked);
  if (only !== undefined) return refused('configuration', onlyFrom(`changes only from ${only}`));
  const verdict = rules?.decide(request);
  const limit = verdict?.answer === 'refused' ? undefined : limitOf(daemon, asked);
  if (agent && limit !== undefined)
    return refused('configuration', `the configuration of ${agent.name} refuses it: ${limit}`);
  const other = call.recorded && otherRefusal(call.recorded, verdict);
  if (other !== undefined) return refused('other', other);
  if (!rules || !verdict)
    return {
      ...about,
      ...{ answer: 'permitted', by: 'off', reason: `permitted: ${withoutRules(daemon)}`, rules: [] },
      ...withoutRule,
    };
  const shown = 'rules' in verdict ? verdict.rules : [];
  return {
    ...about,
    answer: verdict.answer,
    by: byOf(verdict),
    reason: reasonOf(verdict),
    rules: await Promise.all(shown.map((rule) => explainRule(rules, rule))),
    ...(needsRule(verdict) ? await suggestion(call) : withoutRule),
  };
}

const withoutRule = { smallest_rule: null, smallest_rule_permits: null };

const suggestion = async (call: ExplainedCall) => ({
  smallest_rule: await smallestRule(call.request),
  smallest_rule_permits: describeSmallest(call),
});

/** A call that a rule forbids is permitted only when that changes; then it may also need a rule that permits it. */
const needsRule = (verdict: Verdict): boolean =>
  verdict.answer === 'refused' &&
  (verdict.by === 'default' || (verdict.by === 'forbid' && !verdict.isPermittedOtherwise));

function byOf(verdict: Verdict): string {
  if (verdict.answer === 'refused') return verdict.by;
  return verdict.answer === 'permitted' ? 'rule' : 'unknown';
}

const onlyFrom = (rule: string): string => `the agent accepts ${rule} (accessControl.adminOnly), whatever rules permit`;

/** A refusal in the audit log that has another cause than the rules. */
function otherRefusal({ answer, rule, reason }: RecordedCallLine, verdict: Verdict | undefined): string | undefined {
  if (rule?.startsWith('changes only from ')) return onlyFrom(rule);
  if (verdict?.answer === 'refused' || answer === undefined || answer === 'OK') return undefined;
  if (reason === undefined) return undefined;
  // Nothing is known of the rules.
  if (!verdict) return `it answered ${answer}: ${reason}`;
  if (reasonsOfRules.includes(reason)) return undefined;
  return `no rule has refused it: ${answer}: ${reason}`;
}

const listed = (rules: readonly Rule[]): string =>
  rules.map(({ location, name }) => (location.includes(name) ? location : `${location} (${name})`)).join(', ');

function reasonOf(verdict: Verdict): string {
  switch (verdict.answer) {
    case 'permitted':
      return `permitted by ${listed(verdict.rules)}`;
    case 'undecided':
      return `it depends on ${verdict.unknown.join(', ')}: ${listed(verdict.rules)}`;
    case 'refused':
      if (verdict.by === 'default') return 'no rule permits it';
      if (verdict.by === 'forbid') return `forbidden by ${listed(verdict.rules)}, whatever other rules permit`;
      return `a rule cannot be evaluated, which refuses every call that it applies to: ${verdict.rules.map(({ error }) => error).join('; ')}`;
  }
}

async function explainRule(rules: ExplainedRules, rule: Rule): Promise<ExplainedRule> {
  const calls = await callTypes();
  const alone = await rules.permitting(rule);
  const { effect, name, location, text } = rule;
  const grants = grantsOf(alone, calls);
  const appliesTo = grants.map(
    (grant) => `${describeSources(grant, alone.sources)}: ${describeCalls(grant.calls, calls)}`,
  );
  return { effect, name, location, text, applies_to: appliesTo };
}

/** The known fields, those of messages by their paths, with their values as JSON. */
function knownValues(context: PartialRecord, path = ''): string[] {
  return Object.entries(context).flatMap(([name, value]) => {
    if (value instanceof UnknownField || (path === '' && name === 'service')) return [];
    if (typeof value === 'object' && !Array.isArray(value)) return knownValues(value, `${path}${name}.`);
    return [`${path}${name} ${typeof value === 'string' ? quoted(value) : JSON.stringify(value)}`];
  });
}

/** `StartVM of admin from gui-vm with VmName "net-vm", and nothing else` */
function describeSmallest({ request, isStream }: ExplainedCall): string {
  const { source, command, module, context } = request;
  const values = knownValues(context);
  const call = `${command} of ${module} from ${source}${values.length > 0 ? ` with ${values.join(', ')}` : ''}`;
  if (isStream) return `${call}, whatever the requests of its stream contain`;
  const unknown = unknownFields(context);
  if (unknown.length > 0) return `${call} and with any ${unknown.join(', ')}`;
  const hasLists = Object.values(context).some((value) => Array.isArray(value) && value.length > 0);
  return `${call}, and nothing else${hasLists ? ' (values of a list in any order and number)' : ''}`;
}
