// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { DetailedError } from '@cedar-policy/cedar-wasm/nodejs';

/** Line and column of an offset in UTF-16 units, both from 1, the column in characters. */
export function lineAndColumn(text: string, at: number): { line: number; column: number } {
  const lines = text.slice(0, at).split('\n');
  return { line: lines.length, column: [...lines.at(-1)!].length + 1 };
}

/** `FILE:LINE:COLUMN` */
export function formatLocation(file: string, text: string, at: number): string {
  const { line, column } = lineAndColumn(text, at);
  return `${file}:${line}:${column}`;
}

/** A part of a text, in UTF-16 units from its beginning. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The part of the text that Cedar reports, whose offsets count bytes of UTF-8. Undefined when Cedar reports none. */
export function spanOf(error: DetailedError, text: string): Span | undefined {
  const [place] = error.sourceLocations ?? [];
  if (!place) return undefined;
  const bytes = Buffer.from(text);
  const lengthOf = (end: number) => bytes.subarray(0, end).toString().length;
  return { start: lengthOf(place.start), end: lengthOf(place.end) };
}

/** The beginning of the mistake that Cedar has found; `otherwise` when Cedar reports no position. */
export const offsetOf = (error: DetailedError, text: string, otherwise = 0): number =>
  spanOf(error, text)?.start ?? otherwise;
