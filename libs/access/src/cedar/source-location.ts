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

/** Where Cedar found a mistake, in UTF-16 units: it counts bytes of UTF-8. Without a place of its own it is at `otherwise`. */
export function offsetOf(error: DetailedError, text: string, otherwise = 0): number {
  const start = error.sourceLocations?.[0]?.start;
  return start === undefined ? otherwise : Buffer.from(text).subarray(0, start).toString().length;
}
