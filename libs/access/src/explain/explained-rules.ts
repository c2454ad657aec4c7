// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Expr, PartialAuthorizationCall, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { listMistakes } from '@givc/config';
import { GivcError } from '@givc/model';
import { loadCedar, type Cedar } from '../cedar/cedar.js';
import { asWritten, formatMistake, mistakesOf } from '../cedar/rule-mistakes.js';
import { RuleText } from '../cedar/rule-text.js';
import { contextsOf, optionalUnknowns, unknownFields, type PartialRequest } from './partial-request.js';
import { combine, type Evaluation, type FailedRule, type Rule, type Verdict } from './verdict.js';

/** The rules of a file, for explanations: it also evaluates requests with unknown fields, and names all rules. */
export class ExplainedRules {
  private constructor(
    private readonly cedar: Cedar,
    private readonly text: RuleText,
    readonly rules: readonly Rule[],
    private readonly parsed: readonly PolicyJson[],
  ) {}

  /** Throws like `Rules.parse`. */
  static async parse(source: string, file: string): Promise<ExplainedRules> {
    const cedar = await loadCedar();
    const text = new RuleText(source, file);
    const mistakes = mistakesOf(text, cedar.checkParsePolicySet);
    if (mistakes.length > 0) throw new GivcError('INVALID_ARGUMENT', listMistakes(mistakes, formatMistake).join('\n'));
    const parsed = text.rules.map(({ start, end }) => {
      const answer = cedar.policyToJson(text.forCedar.slice(start, end));
      if (answer.type === 'failure') throw new Error(`a rule of ${file} does not parse alone`);
      return answer.json;
    });
    const rules = text.rules.map((span, at) => ({
      effect: parsed[at]!.effect,
      name: parsed[at]!.annotations?.['id'] || text.nameOf(span),
      location: text.location(span.start),
      text: source.slice(span.start, span.end),
    }));
    return new ExplainedRules(cedar, text, rules, parsed);
  }

  /** The machines that the rules name, in order. */
  get sources(): readonly string[] {
    return [...new Set(this.parsed.flatMap(sourcesIn))].sort();
  }

  /** The rule alone, as one that permits what it applies to, also when it forbids that. */
  permitting({ location }: Rule): Promise<ExplainedRules> {
    const at = this.rules.findIndex((rule) => rule.location === location);
    const answer = this.cedar.policyToText({ ...this.parsed[at]!, effect: 'permit' });
    if (answer.type === 'failure') throw new Error(`the rule ${location} has no text`);
    return ExplainedRules.parse(answer.text, location);
  }

  /** The verdict for all values of the unknown fields, or that it depends on them. */
  decide(request: PartialRequest): Verdict {
    const [first, ...others] = contextsOf(request.context).map((context) => this.#evaluate(request, context));
    return combine(first!, others, optionalUnknowns(request.context));
  }

  #evaluate(
    { source, command, module, context: partial }: PartialRequest,
    context: PartialAuthorizationCall['context'],
  ): Evaluation {
    const call = {
      principal: { type: 'Source', id: source },
      action: { type: 'Action', id: command },
      resource: { type: 'Module', id: module },
      context,
      policies: { staticPolicies: this.text.forCedar },
      validateRequest: false,
      entities: [],
    };
    const answer = this.cedar.isAuthorizedPartial(call);
    if (answer.type === 'failure')
      throw new GivcError('INVALID_ARGUMENT', answer.errors.map(asWritten).join('; ').slice(0, 1_000));
    const { satisfied, errored, nontrivialResiduals, residuals } = answer.response;
    const satisfiedRules = this.#rulesOf(satisfied);
    const isKnown = unknownFields(partial).length === 0;
    return {
      permits: satisfiedRules.filter(({ effect }) => effect === 'permit'),
      forbids: satisfiedRules.filter(({ effect }) => effect === 'forbid'),
      failed: errored.length === 0 ? [] : this.#failedRules(errored, isKnown ? call : undefined),
      open: inOrder(nontrivialResiduals).map((at) => {
        const { conditions } = residuals[`policy${at}`]!;
        const canApply = conditions.every(({ kind, body }) => kind !== 'when' || canHold(body));
        return { ...this.rules[at]!, canApply, unknown: unknownsIn(conditions) };
      }),
    };
  }

  #rulesOf(ids: readonly string[]): Rule[] {
    return inOrder(ids).map((at) => this.rules[at]!);
  }

  /** A partial evaluation names the rules, but not the errors. */
  #failedRules(ids: readonly string[], call: Parameters<Cedar['isAuthorized']>[0] | undefined): FailedRule[] {
    const answer = call && this.cedar.isAuthorized(call);
    const errors = answer?.type === 'success' ? answer.response.diagnostics.errors : [];
    return inOrder(ids).map((at) => {
      const rule = this.rules[at]!;
      const error = errors.find(({ policyId }) => indexOf(policyId) === at)?.error;
      const location = error ? this.text.locationOf(error, this.text.rules[at]!.start) : rule.location;
      return { ...rule, error: `${location}: ${error ? asWritten(error) : 'it cannot be evaluated'}` };
    });
  }
}

const indexOf = (policyId: string): number => Number(policyId.slice('policy'.length));
const inOrder = (ids: readonly string[]): number[] => ids.map(indexOf).sort((a, b) => a - b);

/** Whether a condition can be true; Cedar does not simplify `unknown && false`. */
function canHold(condition: Expr): boolean {
  if ('Value' in condition) return condition.Value !== false;
  if ('&&' in condition) {
    const { left, right } = condition['&&'] as { readonly left: Expr; readonly right: Expr };
    return canHold(left) && canHold(right);
  }
  if (!('||' in condition)) return true;
  const { left, right } = condition['||'] as { readonly left: Expr; readonly right: Expr };
  return canHold(left) || canHold(right);
}

/** The names of `unknown("…")` in the JSON of an expression. */
function unknownsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const names = (value as { readonly unknown?: readonly { readonly Value?: unknown }[] }).unknown;
  const here = Array.isArray(names) ? names.flatMap(({ Value }) => (typeof Value === 'string' ? [Value] : [])) : [];
  return [...here, ...Object.values(value).flatMap(unknownsIn)];
}

/** The ids of the entities `Source::"…"` in the JSON of a rule. */
function sourcesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { type, id } = value as { readonly type?: unknown; readonly id?: unknown };
  const here = type === 'Source' && typeof id === 'string' ? [id] : [];
  return [...here, ...Object.values(value).flatMap(sourcesIn)];
}
