// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Readable } from 'node:stream';
import { linesOf } from './lines.js';

const lines = async (maxBytes: number, ...chunks: string[]): Promise<(string | undefined)[]> => {
  const all: (string | undefined)[] = [];
  const read = Readable.from(chunks.map((chunk) => Buffer.from(chunk, 'latin1')));
  for await (const line of linesOf(read, maxBytes)) all.push(line);
  return all;
};

describe('the lines of a stream', () => {
  it('are the same wherever its chunks end, also within a character', async () => {
    const text = Buffer.from('one\n\nzwölf\nend').toString('latin1');
    const expected = ['one', '', 'zwölf', 'end'];
    expect(await lines(10, text)).toEqual(expected);
    expect(await lines(10, ...text)).toEqual(expected);
    expect(await lines(10, `${text}\n`)).toEqual(expected);
    expect(await lines(10)).toEqual([]);
  });

  it('are left out where they are too long, and the next ones are read', async () => {
    const long = 'x'.repeat(4);
    expect(await lines(3, 'abc\n', long, '\nabc\n', long)).toEqual(['abc', undefined, 'abc', undefined]);
    expect(await lines(3, ...`${long}\nabc\n${long}`)).toEqual([undefined, 'abc', undefined]);
  });
});
