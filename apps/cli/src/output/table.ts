// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { plain } from './plain-text.js';

const gap = '  ';

/** Cells as text; each row has as many as the head. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;
const markless = /\p{M}|\u200d/u;

/** None before U+0300 is wide or has no column. V8 takes a millisecond to compile the two expressions. */
const columnsOf = (character: string): number =>
  character < '\u0300' ? 1 : markless.test(character) ? 0 : wide.test(character) ? 2 : 1;

/** The number of terminal columns of the text. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}

/** The text, cut to the columns with an ellipsis. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let used = 1;
  for (const character of text) {
    used += columnsOf(character);
    if (used > width) break;
    kept += character;
  }
  return `${kept}…`;
}

/**
 * Columns of text, each as wide as its widest cell, with two spaces between them, one line for each row, like
 * `systemctl list-units`. With `width` the lines are cut there. An empty cell becomes `-`, so that columns can be
 * counted.
 */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[], width?: number): string {
  const cells = [head, ...rows.map((row) => row.map((cell) => plain(cell).trim() || '-'))];
  const widths = head.map((_, column) => cells.reduce((most, row) => Math.max(most, widthOf(row[column]!)), 0));
  const last = head.length - 1;
  return cells
    .map((row) =>
      row.map((cell, at) => (at === last ? cell : cell + ' '.repeat(widths[at]! - widthOf(cell)))).join(gap),
    )
    .map((line) => `${width === undefined ? line : cut(line, width)}\n`)
    .join('');
}
