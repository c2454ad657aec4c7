// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** What a terminal obeys, or what reorders or breaks a line: control characters, C1 as well, and those of Unicode. */
const unprintable = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * The value as JSON on one line, which says the same and does nothing to a terminal: what `JSON.stringify` leaves as it
 * is of C1 (ECMA-48), of the Unicode bidirectional algorithm and of line separators is escaped, too.
 */
export const plainJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    unprintable,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
