// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFactory } from 'nest-commander';
import { daemonStatus } from '@givc/daemon';
import { CliModule } from '../../apps/cli/src/cli.module.js';
import { CompleteCommand } from '../../apps/cli/src/commands/complete.command.js';
import { exitStatus, ofCommands } from '../../apps/cli/src/exit/exit-status.js';
import { exitStatusPage } from '../../scripts/docs/exit-statuses.js';
import { commandsBelow, pathOf } from '../../scripts/docs/reference/commands.js';

/** The lines of a page; the columns of its tables without padding, and paragraphs on one line. */
const plain = (text: string): string =>
  text
    .replace(/ *\| */g, '|')
    .replace(/-{2,}/g, '-')
    .replace(/\s+/g, ' ')
    .trim();

const sources = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?<!\.spec|\.fixture)\.ts$/.test(file) && !file.includes('generated/'))
    .map((file) => join(folder, file));

describe('the page of the exit statuses', () => {
  const { file, text } = exitStatusPage();

  it('is that of the code (scripts/exit-statuses.ts writes it)', () => {
    expect(plain(readFileSync(file, 'utf8'))).toBe(plain(text));
  });

  it('has every status of the programs, which their code takes from its source', () => {
    const chapters = text.split('\n## ');
    for (const [at, statuses] of [exitStatus, daemonStatus].entries())
      for (const status of Object.values(statuses)) expect(chapters[at + 1]).toContain(`| \`${status}\` |`);
    const files = ['apps/cli/src', 'apps/admin/src', 'apps/agent/src', 'libs/daemon/src'].flatMap(sources);
    const ends = files.flatMap((source) => [
      ...readFileSync(source, 'utf8').matchAll(/(?:process\.exit|new ProgramStatus)\(([^)]*)\)|\.exitCode = (.*);/g),
    ]);
    expect(ends.length).toBeGreaterThan(10);
    // Statuses that come from elsewhere: of the command line as a whole, of a daemon that fails, of a program of exec.
    const passed = /^(?:exitStatus|daemonStatus)\.|^status$|^[a-z.]+(?:Code|length) [=>]+ 0 \? daemonStatus/i;
    expect(ends.map(([, inCall, assigned]) => inCall ?? assigned!).filter((end) => !passed.test(end))).toEqual([]);
  });

  it('has commands of givc-cli, whose help ends with the same', async () => {
    const app = await CommandFactory.createWithoutRunning(CliModule, { logger: false });
    const commands = commandsBelow(app.get(CompleteCommand)['command'].parent!);
    await app.close();
    const helps = new Map(
      commands.map((command) => {
        let help = '';
        command.configureOutput({ writeOut: (part) => (help += part) }).outputHelp();
        return [pathOf(command).replace('givc-cli ', ''), help];
      }),
    );
    const names = Object.keys(ofCommands).map((name) => name.replace(/ --.*/, ''));
    for (const name of names)
      expect([name, helps.get(name)]).toEqual([name, expect.stringContaining('\nExit status: ')]);
    const others = [...helps].filter(([, help]) => help.includes('xit status')).map(([name]) => name);
    expect(others.sort()).toEqual(names.sort());
  });
});
