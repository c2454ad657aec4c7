// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** How many characters must be put in, left out or changed to make one text of the other (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [line, character] of [...one].entries()) {
    const next = [line + 1];
    for (let at = 0; at < other.length; at += 1)
      next.push(Math.min(next[at]! + 1, row[at + 1]! + 1, row[at]! + (other[at] === character ? 0 : 1)));
    row = next;
  }
  return row.at(-1)!;
}

const lastPart = (name: string): string => name.slice(name.lastIndexOf('/') + 1).toLowerCase();

/**
 * Which of the known names `name` was probably meant to be, the likeliest first, three at most: with up to three typing
 * mistakes, fewer in a short name, or with the right part after the last "/".
 */
export function closestNames(name: string, known: readonly string[]): readonly string[] {
  const typed = name.slice(0, 200).toLowerCase();
  const limit = Math.min(3, Math.ceil(typed.length / 3));
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
