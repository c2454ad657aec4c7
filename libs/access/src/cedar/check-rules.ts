// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { DetailedError, ValidationAnswer } from '@cedar-policy/cedar-wasm/nodejs';
import { GivcError } from '@givc/model';
import { loadCedar, type Cedar } from './cedar.js';
import { asWritten, formatMistake, mistakesOf, withRelated, type RuleMistake } from './rule-mistakes.js';
import { offsetOf, formatLocation } from './source-location.js';
import { RuleText } from './rule-text.js';

/** A Cedar schema, and the file that its mistakes are reported for. */
export interface RuleSchema {
  readonly file: string;
  readonly text: string;
}

/**
 * An error is a rule that no schema allows. A warning is a rule that is allowed but probably does not do what was
 * intended.
 */
export interface RuleFinding extends RuleMistake {
  readonly severity: 'error' | 'warning';
}

type Validated = Extract<ValidationAnswer, { type: 'success' }>;

/**
 * Finds the mistakes in the text of `file`: syntax errors or, if there are none, the rules that no schema allows. A
 * rule is valid when one of the schemas allows it; otherwise the findings are those of the schema that it fits best. A
 * rule that can never match is a warning. Findings come in the order of the rules. Throws INVALID_ARGUMENT, a line for
 * each mistake, when a schema does not parse.
 */
export async function checkRules(
  text: string,
  file: string,
  schemas: readonly RuleSchema[],
): Promise<{ readonly rules: number; readonly findings: readonly RuleFinding[] }> {
  const cedar = await loadCedar();
  const rules = new RuleText(text, file);
  const mistakes = mistakesOf(rules, cedar.checkParsePolicySet);
  if (mistakes.length > 0)
    return { rules: rules.rules.length, findings: mistakes.map((mistake) => ({ ...mistake, severity: 'error' })) };
  const bySchema = schemas.map((schema) => findingsBy(cedar, rules, schema));
  const findings = rules.rules.flatMap((_, at) => withoutConsequences(bySchema.map((all) => all[at]!).reduce(better)));
  return { rules: rules.rules.length, findings };
}

const count = (findings: readonly RuleFinding[], severity: RuleFinding['severity']): number =>
  findings.filter((finding) => finding.severity === severity).length;

function better(one: readonly RuleFinding[], other: readonly RuleFinding[]): readonly RuleFinding[] {
  const more = count(one, 'error') - count(other, 'error') || count(one, 'warning') - count(other, 'warning');
  return more > 0 ? other : one;
}

/** A rule with an error never matches, so that warning would only repeat the error. */
const withoutConsequences = (findings: readonly RuleFinding[]): readonly RuleFinding[] =>
  count(findings, 'error') > 0 ? findings.filter(({ severity }) => severity === 'error') : findings;

/** The findings of one schema, by rule. */
function findingsBy(cedar: Cedar, text: RuleText, schema: RuleSchema): readonly (readonly RuleFinding[])[] {
  const answer = cedar.validate({ schema: schema.text, policies: { staticPolicies: text.forCedar } });
  if (answer.type === 'failure') throw new GivcError('INVALID_ARGUMENT', mistakesOfSchema(answer.errors, schema));
  const homes = homesOf(cedar, schema);
  return text.rules.map((rule, at) => {
    const { start, end } = rule;
    const about = (list: Validated['validationErrors']) =>
      list.filter(({ policyId }) => policyId === `policy${at}`).map(({ error }) => error);
    const finding = (severity: RuleFinding['severity']) => (error: DetailedError) => ({
      severity,
      location: text.locationOf(error, start),
      what: asWritten(error),
    });
    const errors = about(answer.validationErrors)
      .sort((a, b) => offsetOf(a, text.forCedar) - offsetOf(b, text.forCedar))
      .map(finding('error'));
    const warnings = about(answer.validationWarnings);
    // Cedar (4.13) gives warnings no code. A warning about a whole rule means that no call that the schema allows can
    // match it.
    const isOfWhole = (warning: DetailedError) => text.isAboutWhole(rule, warning);
    const never =
      moduleMismatch(cedar, text.forCedar.slice(start, end), homes) ??
      (warnings.some(isOfWhole) ? 'no call is asked like this' : undefined);
    return [
      ...errors,
      ...warnings.filter((warning) => !isOfWhole(warning)).map(finding('warning')),
      ...(never === undefined
        ? []
        : [
            {
              severity: 'warning' as const,
              location: text.location(start),
              what: `this rule can never match: ${never}`,
            },
          ]),
    ];
  });
}

const mistakesOfSchema = (errors: readonly DetailedError[], { file, text }: RuleSchema): string =>
  withRelated(errors)
    .map((error) =>
      formatMistake({ location: formatLocation(file, text, offsetOf(error, text)), what: asWritten(error) }),
    )
    .join('\n');

type Homes = ReadonlyMap<string, readonly string[]>;

/** The modules of each action, by its annotation `@module("admin grpc.health.v1")`. */
function homesOf(cedar: Cedar, { text }: RuleSchema): Homes {
  const schema = cedar.schemaToJson(text);
  const actions = schema.type === 'success' ? Object.values(schema.json).map((namespace) => namespace.actions) : [];
  return new Map(
    actions
      .flatMap((some) => Object.entries(some))
      .flatMap(([name, { annotations }]) => (annotations?.module ? [[name, annotations.module.split(' ')]] : [])),
  );
}

/**
 * The mistake of a rule whose head combines actions with a module that none of them belongs to. Cedar cannot detect
 * that, because all modules have the same type.
 */
function moduleMismatch(cedar: Cedar, rule: string, homes: Homes): string | undefined {
  const parsed = cedar.policyToJson(rule);
  if (parsed.type === 'failure') return undefined;
  const { action, resource } = parsed.json;
  if (action.op === 'All' || !('entity' in resource)) return undefined;
  const module = idOf(resource.entity);
  const named = 'entities' in action ? action.entities : 'entity' in action ? [action.entity] : [];
  const asked = named.map((entity) => ({ name: idOf(entity), modules: homes.get(idOf(entity)) }));
  if (asked.some(({ modules }) => !modules || modules.includes(module))) return undefined;
  return asked
    .map(({ name, modules = [] }) => `${name} is asked of ${modules.map((home) => `Module::"${home}"`).join(' and ')}`)
    .join(', ');
}

const idOf = (entity: { id: string } | { __entity: { id: string } }): string =>
  'id' in entity ? entity.id : entity.__entity.id;
