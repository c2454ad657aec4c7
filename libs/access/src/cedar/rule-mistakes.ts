// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { CheckParseAnswer, DetailedError, PolicySet } from '@cedar-policy/cedar-wasm/nodejs';
import type { RuleText } from './rule-text.js';

/** A mistake at `FILE:LINE:COLUMN`. */
export interface RuleMistake {
  readonly location: string;
  readonly what: string;
}

export const formatMistake = ({ location, what }: RuleMistake): string => `${location}: ${what}`;

/** Cedar quotes the text that it does not understand, whatever its length. */
const longest = 1_000;

/**
 * A message of Cedar in one line of at most 1,000 characters and with the words of the rules: `Command`, not `Action`,
 * and no numbers of policies.
 */
export function asWritten({ message, help, sourceLocations }: DetailedError): string {
  const label = sourceLocations?.[0]?.label;
  const text = [message, label, help]
    .filter((part) => part)
    .join('; ')
    .replace(/failed to parse (?:policies|schema) from string: |for policy `policy[0-9]+`[,:] /g, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\bAction(?=::"|`)/g, 'Command');
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** All mistakes that Cedar has found, in order. */
export const withRelated = (errors: readonly DetailedError[]): DetailedError[] =>
  errors.flatMap((error) => [error, ...withRelated(error.related ?? [])]);

/** The mistake in a `text` that is not a valid set of rules. If it is valid, Cedar has parsed it with `parse`. */
export function mistakesOf(text: RuleText, parse: (policies: PolicySet) => CheckParseAnswer): readonly RuleMistake[] {
  if (text.slots.length > 0)
    return text.slots.map(({ start }) => ({
      location: text.location(start),
      what: 'this makes the rule a template, which is not supported: name the principal or the resource',
    }));
  const answer = parse({ staticPolicies: text.forCedar });
  return answer.type === 'success'
    ? []
    : withRelated(answer.errors).map((error) => ({ location: text.locationOf(error), what: asWritten(error) }));
}
