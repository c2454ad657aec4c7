// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { anyRest, type ArgumentPattern } from './exec.config.js';

const leadsUp = /(?:^|[/=:,])\.\.(?:\/|$)/;

/**
 * Whether the argument matches the pattern (`capabilities.exec.commands[].args`). The time is proportional to both
 * lengths.
 */
function matches(pattern: string, argument: string): boolean {
  if (!pattern.includes('*')) return argument === pattern;
  if (leadsUp.test(argument) || (pattern.startsWith('*') && argument.startsWith('-'))) return false;
  const parts = pattern.split('*');
  const [first, last] = [parts.shift()!, parts.pop()!];
  if (argument.length < first.length + last.length) return false;
  if (!argument.startsWith(first) || !argument.endsWith(last)) return false;
  const middle = argument.slice(first.length, argument.length - last.length);
  let at = 0;
  for (const part of parts) {
    const found = middle.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}

/**
 * Undefined when the arguments match the patterns. Otherwise the index of the first mismatch, which is the number of
 * arguments when one is missing.
 */
export function firstMismatch(patterns: readonly ArgumentPattern[], args: readonly string[]): number | undefined {
  let furthest = 0;
  let starts = new Set([0]);
  for (const pattern of patterns) {
    if (starts.size > 0 && pattern === anyRest) return undefined;
    const group = typeof pattern === 'string' ? [pattern] : pattern;
    const next = new Set(typeof pattern === 'string' ? [] : starts);
    for (const start of starts) {
      const wrong = group.findIndex(
        (one, index) => args[start + index] === undefined || !matches(one, args[start + index]!),
      );
      furthest = Math.max(furthest, start + (wrong < 0 ? group.length : wrong));
      if (wrong < 0) next.add(start + group.length);
    }
    starts = next;
  }
  return starts.has(args.length) ? undefined : furthest;
}
