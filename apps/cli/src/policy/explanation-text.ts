// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { plainLines } from '../output/plain-text.js';
import type { Explanation } from './explanation.js';

const verbs = { permit: 'permits', forbid: 'forbids' };

/** The explanation as lines: the answer, the rules that decide, and the smallest rule that permits the call. */
export function explanationText({ at, answer, reason, rules, ...more }: Explanation): string {
  const decision = answer === 'permitted' ? reason : `${answer}: ${reason}`;
  const paragraphs = [at === null ? decision : `${at}: ${decision}`];
  for (const { effect, text, applies_to: appliesTo } of rules)
    paragraphs.push([text, ...appliesTo.map((line) => `It ${verbs[effect]} ${line}.`)].join('\n'));
  if (more.by === 'unknown') paragraphs.push('Give the whole request with --source, --call and --data.');
  if (more.smallest_rule !== null) {
    const intro = more.by === 'default' ? 'This rule would permit it:' : 'Once no rule forbids it, it needs this rule:';
    paragraphs.push(intro, more.smallest_rule, `It permits ${more.smallest_rule_permits}.`);
  }
  return `${plainLines(paragraphs.join('\n\n'))}\n`;
}
