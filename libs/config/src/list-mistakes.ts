// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The number of mistakes that an error shows; a file with more is corrected in several steps, or is not a configuration
 * at all.
 */
const shownMax = 10;

/** The lines of an error that lists mistakes: the first ten, formatted, and how many more there are. */
export function listMistakes<Mistake = string>(
  mistakes: readonly Mistake[],
  format: (mistake: Mistake) => string = String,
): string[] {
  const lines = mistakes.slice(0, shownMax).map((mistake) => format(mistake));
  const more = mistakes.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more ${more === 1 ? 'mistake' : 'mistakes'}`] : lines;
}
