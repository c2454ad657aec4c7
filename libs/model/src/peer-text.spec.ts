// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseId, parseLines, parseText, parseWord } from './peer-text.js';

const invalid = (message: string) => expect.objectContaining({ reason: 'INVALID_ARGUMENT', message }) as Error;

describe('a text of a peer', () => {
  it('is cut, with one � for each unprintable character', () => {
    expect(parseText('a\tb\nc\u001b[31m\u202e\u2028é\u{1f600}', 100)).toBe('a�b�c�[31m��é\u{1f600}');
    expect(parseText('x'.repeat(4e6), 512)).toBe('x'.repeat(512));
    expect(parseText('ab\u{1f600}', 3)).toBe('ab�');
  });

  it('keeps its line ends and tabs when it may have several lines', () => {
    expect(parseLines('a\tb\r\nc\u0007\u2029', 100)).toBe('a\tb�\nc��');
    expect(parseLines('x\n'.repeat(4e6), 4)).toBe('x\nx\n');
  });
});

describe('a word of a peer', () => {
  it.each(['', 'active', 'not-found', 'x_1', '9', 'x'.repeat(64)])('accepts the word %j', (value) => {
    expect(parseWord('State', value)).toBe(value);
  });

  it.each(['a b', 'a\n', 'é', '-x', '_x', 'x'.repeat(65)])('rejects the word %j', (value) => {
    expect(() => parseWord('State', value)).toThrow(/^State: invalid state .*: expected at most 64/);
  });
});

describe('an id of a peer', () => {
  it('has at most 64 printable characters of ASCII', () => {
    expect(parseId('BootId', ' ~'.repeat(32))).toBe(' ~'.repeat(32));
    for (const value of ['x'.repeat(65), 'a\tb', 'é'])
      expect(() => parseId('BootId', value)).toThrow(
        invalid(`BootId: invalid id ${JSON.stringify(value)}: expected at most 64 characters of ASCII`),
      );
  });
});
