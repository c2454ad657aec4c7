// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { printable, printableLines } from './printable.js';

const bytes = (...parts: (string | number)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))));

describe('printable', () => {
  it('keeps text and tabs', () => {
    expect(printable(bytes('a\tä€😀'))).toBe('a\tä€😀');
  });

  it('escapes what controls a terminal or reorders text', () => {
    expect(printable(bytes('\u001b[31mred\u0007\u009b\u202e\u2028'))).toBe('\\x1b[31mred\\x07\\x9b\\u202e\\u2028');
  });

  it('escapes bytes that are not UTF-8, and no others', () => {
    expect(printable(bytes('a', 0xff, 'ä', 0xc3, 'b', 0xe2, 0x82, 'ä'))).toBe('a\\xffä\\xc3b\\xe2\\x82ä');
    expect(printable(bytes(0xed, 0xa0, 0x80, 'x'))).toBe('\\xed\\xa0\\x80x');
  });

  it('never has a character that controls a terminal, and is text itself where bytes are text', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (any) => {
        expect(printable(Buffer.from(any))).toMatch(/^[^\p{Cc}\u2028\u2029]*$|\t/u);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(printable(Buffer.concat([Buffer.from(text), bytes(0xff)]))).toBe(`${printable(Buffer.from(text))}\\xff`);
      }),
    );
  });

  it('splits lines before it escapes', () => {
    expect(printableLines(bytes('a\nb', 0xff, '\n'))).toEqual(['a', 'b\\xff', '']);
  });
});
