// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { existsSync, readFileSync } from 'node:fs';

/** A row of a table that ends with a test: its file, and the beginning of its title. */
const row = /^\| .* \| `([^`]+\.(?:spec\.)?ts)` › (.+?) +\|$/;
const rows = readFileSync('docs/threat-model.md', 'utf8')
  .split('\n')
  .flatMap((line) => [...line.matchAll(new RegExp(row, 'g'))])
  .map(([, file, title]) => [file!, title!] as const);

describe('the threat model', () => {
  it('names a test for each promise', () => {
    const promises = readFileSync('docs/threat-model.md', 'utf8').split('## What is not promised')[0]!;
    const tables = promises.split('\n').filter((line) => line.startsWith('| ') && !/^\| (promise|who|-+) /.test(line));
    const withTest = tables.filter((line) => row.test(line));
    const described = tables.filter((line) => line.split('|').length === 5);
    expect(withTest.length).toBe(tables.length - described.length);
    expect(withTest.length).toBeGreaterThan(20);
  });

  it.each(rows)('has the test %s: %s', (file, title) => {
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain(title === '' ? 'it' : `'${title}`);
  });
});
