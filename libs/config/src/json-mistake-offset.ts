// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The tokens of RFC 8259, with strings in pieces (one expression for a long string overflows its stack). */
const tokens = {
  space: /[ \t\n\r]*/y,
  plain: /[ !#-[\]-\uffff]{1,4096}/y,
  escape: /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y,
  number: /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y,
  word: /true|false|null/y,
} as const;

/**
 * The offset, from 0, at which a text stops being JSON, or its length when only its end is missing: V8 does not report
 * it for every error. The text has to be one that `JSON.parse` rejects.
 */
export function offsetOfMistake(text: string): number {
  let at = 0;
  const closers: ('}' | ']')[] = [];
  const read = (token: RegExp): boolean => {
    token.lastIndex = at;
    const found = token.test(text);
    if (found) at = token.lastIndex;
    return found;
  };
  const skip = (character: string): boolean => {
    if (text[at] !== character) return false;
    at++;
    read(tokens.space);
    return true;
  };
  /** An invalid string is an error from its beginning. */
  const readString = (): boolean => {
    const start = at;
    if (text[at] !== '"') return false;
    at++;
    while (read(tokens.plain) || read(tokens.escape));
    if (text[at] === '"') {
      at++;
      return true;
    }
    at = start;
    return false;
  };
  const readKey = (): boolean => readString() && read(tokens.space) && skip(':');
  const readScalar = (): boolean => (readString() || read(tokens.word) || read(tokens.number)) && read(tokens.space);

  read(tokens.space);
  for (;;) {
    // A value begins here.
    if (skip('{')) {
      if (!skip('}')) {
        closers.push('}');
        if (!readKey()) return at;
        continue;
      }
    } else if (skip('[')) {
      if (!skip(']')) {
        closers.push(']');
        continue;
      }
    } else if (!readScalar()) return at;
    // A value has ended here.
    while (closers.length > 0 && skip(closers.at(-1)!)) closers.pop();
    if (closers.length === 0 || !skip(',')) return at;
    if (closers.at(-1) === '}' && !readKey()) return at;
  }
}
