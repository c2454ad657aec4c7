// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** A rule as it stands in its file. */
export interface Rule {
  readonly effect: 'permit' | 'forbid';
  /** Its `@id("…")`, else `FILE:LINE`, as in the audit log. */
  readonly name: string;
  /** `FILE:LINE:COLUMN` where it begins. */
  readonly location: string;
  readonly text: string;
}

/** The rules of a file that decide about a request, and how. */
export interface Evaluation {
  readonly permits: readonly Rule[];
  readonly forbids: readonly Rule[];
  /** Rules that cannot be evaluated. */
  readonly failed: readonly FailedRule[];
  /** Rules whose condition depends on unknown fields. */
  readonly open: readonly OpenRule[];
}

export interface OpenRule extends Rule {
  /** False when the rule does not apply whatever the unknown fields are, although its evaluation may fail. */
  readonly canApply: boolean;
  /** The unknown fields that its condition depends on. */
  readonly unknown: readonly string[];
}

export interface FailedRule extends Rule {
  /** `FILE:LINE:COLUMN: what` */
  readonly error: string;
}

/**
 * What rules decide about a request: permitted by at least one rule; refused because a rule forbids it (`forbid`),
 * because a rule cannot be evaluated (`error`), or because no rule permits it (`default`); or undecided, because that
 * depends on unknown fields.
 */
export type Verdict =
  | { readonly answer: 'permitted'; readonly rules: readonly Rule[] }
  | {
      readonly answer: 'refused';
      readonly by: 'forbid';
      readonly rules: readonly Rule[];
      /** Whether a rule would permit the request if no rule forbade it. */
      readonly isPermittedOtherwise: boolean;
    }
  | { readonly answer: 'refused'; readonly by: 'error'; readonly rules: readonly FailedRule[] }
  | { readonly answer: 'refused'; readonly by: 'default' }
  | {
      readonly answer: 'undecided';
      /** The rules that depend on unknown fields, and those that decide for some values of them. */
      readonly rules: readonly Rule[];
      readonly unknown: readonly string[];
    };

/** The verdict of one evaluation; undefined when it depends on unknown fields. */
function verdictOf({ permits, forbids, failed, open }: Evaluation): Verdict | undefined {
  if (failed.length > 0) return { answer: 'refused', by: 'error', rules: failed };
  if (forbids.length > 0)
    return { answer: 'refused', by: 'forbid', rules: forbids, isPermittedOtherwise: permits.length > 0 };
  if (permits.length > 0) return open.length === 0 ? { answer: 'permitted', rules: permits } : undefined;
  // Where no rule permits, one that forbids or fails makes no difference.
  const mayPermit = open.some(({ effect, canApply }) => effect === 'permit' && canApply);
  return mayPermit ? undefined : { answer: 'refused', by: 'default' };
}

const kindOf = (verdict: Verdict | undefined): string | undefined =>
  verdict && ('by' in verdict ? verdict.by : verdict.answer);

/**
 * The verdict of evaluations that together stand for all values of unknown fields, of which those at `optional` may be
 * absent.
 */
export function combine(first: Evaluation, others: readonly Evaluation[], optional: readonly string[]): Verdict {
  const verdict = verdictOf(first);
  const isSame = others.every((other) => kindOf(verdictOf(other)) === kindOf(verdict));
  if (verdict && isSame) return verdict;
  const all = [first, ...others];
  const rules = all.flatMap(({ permits, forbids, failed, open }) => [...permits, ...forbids, ...failed, ...open]);
  const byLocation = new Map(rules.map((rule) => [rule.location, rule]));
  const unknown = all.flatMap(({ open }) => open.flatMap((rule) => rule.unknown));
  return {
    answer: 'undecided',
    rules: [...byLocation.values()],
    unknown: [...new Set([...unknown, ...(isSame ? [] : optional)])],
  };
}
