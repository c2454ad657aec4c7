// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseEnvironmentFile } from './environment-file.js';

describe('a file of variables', () => {
  it.each([
    ['A=plain value  \nB=x', { A: 'plain value', B: 'x' }],
    ['# comment\n; A=1\n\n B = x ', { B: 'x' }],
    ['A="a \\" \\$b \\n  " c\n', { A: 'a " $b \\n  c' }],
    ["A='a \\ \" b'", { A: 'a \\ " b' }],
    ['A=a\\\nb\\ \\\\', { A: 'ab \\' }],
    ['A="two\nlines"\nB=a"b"#c', { A: 'two\nlines', B: 'a"b"#c' }],
    ['A=\nB', { A: '' }],
    ['9A=1\nA-B=1\n=1', {}],
    ['A=1\r\nA=2', { A: '2' }],
  ])('is read as systemd reads it: %j', (text, variables) => {
    expect(Object.fromEntries(parseEnvironmentFile(text))).toEqual(variables);
  });
});
