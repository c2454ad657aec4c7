// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunningCli } from '../running-cli.fixture.js';

const root = join(__dirname, '../../../..');
const page = readFileSync(join(root, 'docs/access-control.md'), 'utf8');

/** The commands of the page with the output that it shows, from blocks of a console. */
const examples = [...page.matchAll(/^```console\n\$ givc-cli ([^\n]*)\n([^]*?)^```/gm)].map(
  ([, command, output]) => [command!, output!] as const,
);

/** The words of a command line without other quoting than single quotes. */
const words = (command: string): string[] =>
  [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quotedWord, word]) => quotedWord ?? word!);

describe('the examples of docs/access-control.md', () => {
  const before = process.cwd();
  beforeAll(() => process.chdir(root));
  afterAll(() => process.chdir(before));

  it('include "policy why" and "policy reach"', () => {
    expect(examples.map(([command]) => words(command).slice(0, 2))).toEqual([
      ...[
        ['policy', 'why'],
        ['policy', 'reach'],
      ],
    ]);
  });

  it.each(examples)('print what the page shows: %s', async (command, output) => {
    expect((await new RunningCli(words(command)).ended).out).toBe(output);
  });
});
