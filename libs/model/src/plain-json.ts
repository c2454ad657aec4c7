// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Characters that control a terminal, or reorder or break a line: control characters, including C1, and those of
 * Unicode.
 */
const unprintable = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * The value as equivalent JSON on one line, without characters that control a terminal: those that `JSON.stringify`
 * does not escape, of C1 (ECMA-48), of the Unicode bidirectional algorithm and line separators, are escaped, too.
 */
export const plainJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    unprintable,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
