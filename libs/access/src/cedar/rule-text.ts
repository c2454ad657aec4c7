// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { basename } from 'node:path';
import type { DetailedError } from '@cedar-policy/cedar-wasm/nodejs';
import { formatLocation, lineAndColumn, offsetOf, spanOf, type Span } from './source-location.js';

// The tokens of Cedar's grammar that matter here (https://docs.cedarpolicy.com/policies/syntax-grammar.html).
const token = /\/\/[^\n\r]*|"(?:\\.|[^"\\])*"|[_a-zA-Z][_a-zA-Z0-9]*|\?(?:principal|resource)\b|::|\s+|./gsu;
const isSilent = /^(?:\/\/|\s)/;

/**
 * The text of a file of rules, as it was written and as it is given to Cedar.
 *
 * Rules name what is done `Command::"StartVM"`, as the contract says, but Cedar 4 rejects every action in the head of a
 * policy whose type is not `Action`. So `Command` is replaced by `Action ` wherever it is the type of an entity. Both
 * have the same length, so that the positions of mistakes stay correct. `asWritten` reverses that in messages of Cedar.
 * Rules may also be written with `Action::"StartVM"`.
 */
export class RuleText {
  /** The text that is given to Cedar. */
  readonly forCedar: string;
  /** The rules in order, which Cedar names `policy0`, `policy1`, … */
  readonly rules: readonly Span[];
  /** The offset at which a rule has a slot, which makes it a template. */
  readonly slots: readonly Span[];

  constructor(
    text: string,
    private readonly file: string,
  ) {
    const tokens = [...text.matchAll(token)]
      .map(({ 0: word, index: start }) => ({ word, start, end: start + word.length }))
      .filter(({ word }) => !isSilent.test(word));
    this.forCedar = tokens
      .filter(({ word }, at) => {
        if (word !== 'Command' || tokens[at - 1]?.word === '::') return false;
        if (tokens[at + 1]?.word !== '::') return tokens[at - 1]?.word === 'is';
        return tokens[at + 2]?.word.startsWith('"');
      })
      .reduce((all, { start, end }) => `${all.slice(0, start)}Action ${all.slice(end)}`, text);
    this.slots = tokens.filter(({ word }) => word.length > 1 && word.startsWith('?'));
    const ends = tokens.flatMap(({ word }, at) => (word === ';' ? [at] : []));
    this.rules = ends.map((end, rule) => ({
      start: tokens[(ends[rule - 1] ?? -1) + 1]!.start,
      end: tokens[end]!.end,
    }));
  }

  /** `FILE:LINE:COLUMN` */
  location(at: number): string {
    return formatLocation(this.file, this.forCedar, at);
  }

  /** The position of a mistake that Cedar has found; `otherwise` when Cedar reports no position. */
  locationOf(error: DetailedError, otherwise?: number): string {
    return this.location(offsetOf(error, this.forCedar, otherwise));
  }

  /** Whether Cedar's message is about the whole rule, from its first annotation to its semicolon. */
  isAboutWhole(rule: Span, error: DetailedError): boolean {
    const span = spanOf(error, this.forCedar);
    return span?.start === rule.start && span.end === rule.end;
  }

  /** The name of a rule without an `@id`: `rules.cedar:12`, the line on which it begins. */
  nameOf(rule: Span): string {
    return `${basename(this.file)}:${lineAndColumn(this.forCedar, rule.start).line}`;
  }
}
