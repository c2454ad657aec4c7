// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from './lab.js';
import { checkout } from './plan.js';
import { run } from './run.js';
import { sharedLab } from './shared-lab.js';
import { installShellTools, shellSettings, tour } from './shell-tools.js';

const page = (name: string): string => readFileSync(join(checkout, 'docs', name), 'utf8');
const tourPage = page('tour.md');

/** The last column of the table of capabilities. */
const tried = tourPage
  .split('\n')
  .flatMap((line) => (/^\| \S.*`([^`]+)` +\|$/.exec(line) ?? []).slice(1))
  .filter((command) => /^(givc-cli|on) /.test(command));

/** Needs input devices, which machines of the lab do not have; `npm run test:kernel` has them. */
const untried = 'event proxy';

/** The capabilities in the README that the lab has. */
const capabilities = [
  ...readFileSync(join(checkout, 'README.md'), 'utf8')
    .split('## Capabilities')[1]!
    .split('\n## ')[0]!
    .matchAll(/^\| (?!capability|-)([^|]+?) +\|/gm),
]
  .map(([, name]) => name!)
  .filter((name) => name !== untried);

/** The commands in the code blocks of a text, without comments. */
const commandsOf = (text: string): string[] =>
  [...text.matchAll(/^```sh\n([^]*?)^```/gm)]
    .flatMap(([, block]) => block!.split('\n'))
    .map((line) => line.replace(/ {2,}#.*/, ''))
    .filter((line) => line !== '');
const chapterOf = (text: string, title: string): string =>
  text.split(/^## /m).find((chapter) => chapter.startsWith(`${title}\n`))!;

/** The commands of the printed tour that exit by themselves and do not unplug a cable. */
const toured = tour
  .split('\n')
  .map((line) => line.trim().split(/ {2,}/)[0]!)
  .filter((line) => /^(givc-cli|on) /.test(line) && !/&$| -f$/.test(line));

describe('a command that is printed', () => {
  let lab: Lab;
  let folder: string;
  /** Run in a shell of the lab, without keyboard input. */
  const inShell = (command: string, directory = checkout) =>
    run(['bash', '-c', `. ${shellSettings}; cd ${directory}; ${command} </dev/null`]);

  beforeAll(async () => {
    lab = await sharedLab();
    installShellTools(lab);
    // The command reads the tour's output; another test may have ended the tour.
    await lab.cli(['start', 'service', 'fragile.service', '--vm', 'net-vm']);
    folder = mkdtempSync(join(tmpdir(), 'givc-tour-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await lab.cli(['stop', 'app', 'clock@']);
    await lab.cli(['set-timezone', 'Etc/UTC']);
    await lab.cli(['start', 'service', 'web.service', '--vm', 'net-vm']);
  });

  it('exists for each capability of the README and in each chapter', () => {
    const rows = [...tourPage.matchAll(/^\| (?!capability|-)([^|]+?) +\|/gm)].map(([, name]) => name);
    expect(rows).toEqual(capabilities);
    expect(tried).toHaveLength(capabilities.length);
    expect(tourPage).toMatch(new RegExp(`The ${untried}\\s[^]*\`npm run test:kernel\``));
    expect(tried.length).toBeGreaterThan(16);
    expect(toured.length).toBeGreaterThan(8);
  });

  it.each(tried)('works in a shell of the lab if it is in the table of docs/tour.md: %s', async (command) => {
    expect(await inShell(command)).toMatchObject({ status: 0 });
  });

  it('works in its order if it is about certificates or rules', async () => {
    const commands = commandsOf(chapterOf(page('access-control.md'), 'Who may do what'));
    expect(commands).toHaveLength(5);
    for (const command of commands) {
      const outcome = await inShell(command.replace(/ cedar\//, ` ${checkout}/cedar/`), folder);
      expect({ command, ...outcome }).toMatchObject({ command, status: 0 });
    }
  });

  it('works in admin-vm if it is about the audit log', async () => {
    const commands = commandsOf(chapterOf(page('access-control.md'), 'Read the audit log'));
    expect(commands).toHaveLength(4);
    for (const command of commands) {
      const { stderr } = await inShell(`on admin-vm ${command}`);
      expect({ command, stderr }).toEqual({ command, stderr: '' });
    }
  });

  it('works if it opens a shell of the lab', async () => {
    await lab.cli(['start', 'service', 'web.service', '--vm', 'net-vm']);
    const entering = 'npm run lab:enter -- ';
    const commands = commandsOf(tourPage).filter((line) => line.startsWith(entering));
    expect(commands.length).toBeGreaterThan(3);
    for (const command of commands.map((line) => line.slice(entering.length)).filter((line) => !/ watch /.test(line)))
      expect({ command, ...(await inShell(command)) }).toMatchObject({ command, status: 0 });
  });

  it.each(toured)('works if the tour of the lab prints it: %s', async (command) => {
    expect(await inShell(command)).toMatchObject({ status: 0 });
  });
});
