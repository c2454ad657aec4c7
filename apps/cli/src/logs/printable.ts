// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isUtf8 } from 'node:buffer';

const special = /(?!\t)[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;
const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');
const escaped = (character: string): string => {
  const code = character.codePointAt(0)!;
  return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
};

/** A character that UTF-8 needs several bytes for, or one byte. */
const sequence = /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[^]/g;

function decode(bytes: Buffer): string {
  return bytes.toString('latin1').replace(sequence, (part) => {
    const one = Buffer.from(part, 'latin1');
    if (isUtf8(one)) return one.toString();
    return Array.from(one, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${hex(byte, 2)}`)).join('');
  });
}

/**
 * Any bytes as one line that is safe on a terminal: bytes that are not UTF-8 and characters that control a terminal or
 * reorder text are `\xHH` or `\uHHHH`; tabs are kept.
 */
export const printable = (bytes: Buffer): string =>
  (isUtf8(bytes) ? bytes.toString() : decode(bytes)).replace(special, escaped);

/** Like `printable`, for each line of the bytes. */
export function printableLines(bytes: Buffer): string[] {
  const lines: string[] = [];
  let from = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, from)) {
    lines.push(printable(bytes.subarray(from, at)));
    from = at + 1;
  }
  return [...lines, printable(bytes.subarray(from))];
}
