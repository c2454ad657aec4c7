// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { offsetOfMistake } from './json-mistake-offset.js';

describe('the position of a syntax error in JSON', () => {
  it.each([
    ['', 0],
    ['  ', 2],
    ['{"a":1,\n "b": x}', 14],
    ['{"a":1', 6],
    ['{"a":1,}', 7],
    ['{"a" 1}', 5],
    ['{a:1}', 1],
    ['[1 2]', 3],
    ['[1,]', 3],
    ['[1}', 2],
    ['{} {}', 3],
    ['[01]', 2],
    ['{"a": "b\n"}', 6],
    ['{"a": tru}', 6],
  ])('is found in %j at %i', (text, offset) => {
    expect(() => JSON.parse(text) as unknown).toThrow();
    expect(offsetOfMistake(text)).toBe(offset);
  });

  it.each([
    ['plain characters', 'x'],
    ['escapes', '\\u0041'],
  ])('is found in a string with millions of %s', (_, character) => {
    const text = `["${character.repeat(10_000_000 / character.length)}", `;
    expect(offsetOfMistake(text)).toBe(text.length);
    expect(offsetOfMistake(text.trimEnd().slice(0, -2))).toBe(1);
  });

  it('is found after the valid beginning', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value, undefined, 2);
        expect(offsetOfMistake(`${text}!`)).toBe(text.length);
      }),
    );
  });
});
