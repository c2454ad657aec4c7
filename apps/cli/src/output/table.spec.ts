// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { formatTable } from './table.js';

describe('a table of givc-cli', () => {
  it('aligns columns and leaves no space at the end of a line', () => {
    expect(
      formatTable(
        ['NAME', 'VM'],
        [
          ['a.service', 'net-vm'],
          ['b.service', 'x'],
        ],
      ),
    ).toBe('NAME       VM\na.service  net-vm\nb.service  x\n');
  });

  it('marks an empty cell', () => {
    expect(formatTable(['A', 'B', 'C'], [['', ' ', 'c']])).toBe('A  B  C\n-  -  c\n');
  });

  it('cuts lines at the width of the terminal', () => {
    expect(formatTable(['NAME', 'TEXT'], [['a', 'a long description']], 12)).toBe('NAME  TEXT\na     a lon…\n');
  });

  it('counts two columns for wide characters and none for combining ones', () => {
    expect(
      formatTable(
        ['N', 'X'],
        [
          ['日本', 'x'],
          ['e\u0301', 'y'],
        ],
      ),
    ).toBe('N     X\n日本  x\ne\u0301     y\n');
  });

  it('keeps every row on one line, without control characters', () => {
    expect(formatTable(['A'], [['two\nlines \u001b[2J']])).toBe('A\ntwo lines  [2J\n');
  });
});
