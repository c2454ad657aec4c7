// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { distance } from 'fastest-levenshtein';
import { quoted } from './givc-error.js';

const lastPart = (name: string): string => name.slice(name.lastIndexOf('/') + 1).toLowerCase();

/**
 * The known names that `name` probably stands for, the likeliest first, three at most: those with up to three typing
 * mistakes, fewer for a short name, or with the same part after the last "/".
 */
export function closestNames(name: string, known: readonly string[]): readonly string[] {
  const typed = name.slice(0, 200).toLowerCase();
  // Names that have only their suffix in common are not close: "ssh.service" is not "web.service".
  const stem = typed.replace(/\.[a-z]+$/, '');
  const limit = Math.min(3, Math.ceil(typed.length / 3), stem.length - 1);
  return known
    .map((candidate) => ({
      candidate,
      mistakes: lastPart(candidate) === lastPart(typed) ? 1 : distance(typed, candidate.toLowerCase()),
    }))
    .filter(({ mistakes }) => mistakes <= limit)
    .sort((a, b) => a.mistakes - b.mistakes)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** The end of a message about an unknown name, a question: `did you mean "a" or "b"?`; empty without such a name. */
export function didYouMean(name: string, known: readonly string[]): string {
  const closest = closestNames(name, known);
  return closest.length === 0 ? '' : `did you mean ${closest.map(quoted).join(' or ')}?`;
}
