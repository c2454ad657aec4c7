// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { loadCedar } from './cedar.js';
import { RuleText } from './rule-text.js';

/** A name in a rule: of a caller, or the value of a field of requests. */
export interface RuleName {
  /** `principal`, or the name of the field: `VmName`. */
  readonly of: string;
  readonly name: string;
  /** `FILE:LINE:COLUMN` of the rule. */
  readonly location: string;
}

type Json = { readonly [key: string]: Json } | readonly Json[] | string | number | boolean | null;
type Fields = { readonly [key: string]: Json };

const isFields = (value: Json | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const fieldsOf = (value: Json | undefined): Fields => (isFields(value) ? value : {});

/** Where the value comes from: `principal`, or a field of `context`; undefined for anything else. */
function originOf(value: Json | undefined): string | undefined {
  const { Var, '.': access } = fieldsOf(value);
  if (Var === 'principal') return 'principal';
  const { left, attr } = fieldsOf(access);
  return fieldsOf(left)['Var'] === 'context' && typeof attr === 'string' ? attr : undefined;
}

const idOf = (value: Json | undefined): string[] => {
  const { type, id } = fieldsOf(value);
  return type === 'Source' && typeof id === 'string' ? [id] : [];
};

/** The strings and callers of a literal, or of a set of literals. */
function literalsOf(value: Json | undefined): string[] {
  const { Value, Set: elements } = fieldsOf(value);
  if (typeof Value === 'string') return [Value];
  if (Array.isArray(elements)) return (elements as readonly Json[]).flatMap(literalsOf);
  return idOf(fieldsOf(Value)['__entity']);
}

function* namesIn(value: Json): Generator<Omit<RuleName, 'location'>> {
  if (Array.isArray(value)) for (const each of value as readonly Json[]) yield* namesIn(each);
  if (!isFields(value)) return;
  for (const [operator, operands] of Object.entries(value)) {
    const { left, right } = fieldsOf(operands);
    // Names behind `!=` may be of anything.
    if (['==', 'in', 'contains', 'containsAny', 'containsAll'].includes(operator))
      for (const [one, other] of [
        [left, right],
        [right, left],
      ]) {
        const of = originOf(one);
        if (of !== undefined) for (const name of literalsOf(other)) yield { of, name };
      }
    yield* namesIn(operands);
  }
}

/** The names of callers, machines and units in rules that parse. Names in patterns of `like` are left out. */
export async function namesInRules(text: string, file: string): Promise<RuleName[]> {
  const cedar = await loadCedar();
  const rules = new RuleText(text, file);
  return rules.rules.flatMap(({ start, end }) => {
    const parsed = cedar.policyToJson(rules.forCedar.slice(start, end));
    if (parsed.type === 'failure') return [];
    // The types of Cedar name each operator; here all of them are walked alike.
    const { principal, conditions } = JSON.parse(JSON.stringify(parsed.json)) as Fields;
    const { entity, entities } = fieldsOf(principal);
    const heads = [entity, ...(Array.isArray(entities) ? (entities as readonly Json[]) : [])].flatMap(idOf);
    const found = [...heads.map((name) => ({ of: 'principal', name })), ...namesIn(conditions ?? [])];
    return found.map((one) => ({ ...one, location: rules.location(start) }));
  });
}
