// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { existsSync, readFileSync } from 'node:fs';
import { CommandFactory } from 'nest-commander';
import { adminCommand } from '../../apps/admin/src/admin.flags.js';
import { readAgentFlags } from '../../apps/agent/src/agent.flags.js';
import { CliModule } from '../../apps/cli/src/cli.module.js';
import { CompleteCommand } from '../../apps/cli/src/commands/complete.command.js';
import { blocksOf, codeOf, commandsOf, linesOf, pages } from '../support/documentation.js';

type Command = ReturnType<typeof adminCommand>;

/**
 * Other programs that the documentation uses, each with a test that runs it or commands of this page. `-` stands for
 * builtins of sh(1) and for what every system has.
 */
const programs: Readonly<Record<string, string>> = {
  // The package is installed there with dpkg(1).
  apt: 'test/lab/package.spec.ts',
  npm: 'package.json',
  npx: 'package.json',
  systemctl: 'test/lab/package.spec.ts',
  journalctl: 'test/lab/tour.spec.ts',
  busctl: 'test/lab/tour.spec.ts',
  on: 'test/lab/tour.spec.ts',
  ip: 'test/lab/faults-surroundings.spec.ts',
  curl: 'test/e2e/metrics.spec.ts',
  grpcurl: 'test/lab/shell-tools.ts',
  minisign: 'test/support/minisign.ts',
  git: 'test/support/git-repository.ts',
  ...Object.fromEntries(
    ['cat', 'cd', 'cp', 'export', 'grep', 'jq', 'ls', 'mkdir', 'set', 'source', '.', 'tail'].map((name) => [name, '-']),
  ),
};

const documented = pages().flatMap((page) =>
  blocksOf(page).flatMap((block) =>
    linesOf(block).flatMap((line) => commandsOf(line).map((words) => ({ page, line, words }))),
  ),
);
/** Whether the word is the program of the command itself, of `on MACHINE ...`, or of `npm run lab:enter -- ...`. */
const isProgram = (words: readonly string[], at: number): boolean =>
  at === 0 || (words[0] === 'on' && at === 2) || (words[0] === 'npm' && words[at - 1] === '--');
const those = (program: string) =>
  documented.filter(({ words }) => words.some((word, at) => word === program && isProgram(words, at)));
const argumentsOf = (words: readonly string[], program: string) => words.slice(words.indexOf(program) + 1);

const user = { from: 'user' } as const;

/** Has a command and those below it parse their arguments, and do nothing. */
function inert(command: Command): Command {
  command.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  if (command.commands.length === 0) command.action(() => undefined);
  command.commands.forEach((one) => inert(one));
  return command;
}

/** Whether the words begin with the name of a command, and have only its options; capitals stand for what differs. */
function isNamed(command: Command, words: readonly string[]): boolean {
  const [word = '', ...rest] = words;
  const next = command.commands.find((one) => one.name() === word);
  if (next) return isNamed(next, rest);
  if (command.commands.length > 0 && /^[a-z]/.test(word)) return false;
  const own = words.slice(0, words.includes('--') ? words.indexOf('--') : undefined).filter((one) => /^-./.test(one));
  const known = new Set(
    [command, ...ancestorsOf(command)].flatMap(({ options }) => options.flatMap(({ long, short }) => [long, short])),
  );
  return own.every((one) => one === '--help' || known.has(one.replace(/=.*/, '')));
}

function ancestorsOf({ parent }: Command): readonly Command[] {
  return parent ? [parent, ...ancestorsOf(parent)] : [];
}

describe('a command of the documentation', () => {
  it('is one that the tests know', () => {
    const known = (program: string) =>
      ['givc-cli', 'givc-admin', 'givc-agent'].includes(program) || program in programs;
    expect(documented.length).toBeGreaterThan(150);
    expect(documented.filter(({ words }) => !known(words[0]!))).toEqual([]);
    const used = new Set(documented.map(({ words }) => words[0]!));
    expect(Object.keys(programs).filter((program) => !used.has(program))).toEqual([]);
    for (const spec of Object.values(programs)) expect([spec, spec === '-' || existsSync(spec)]).toEqual([spec, true]);
  });

  it('is accepted by givc-cli if it is one of its commands', async () => {
    const app = await CommandFactory.createWithoutRunning(CliModule, { logger: false });
    const root = inert(app.get(CompleteCommand)['command'].parent as unknown as Command);
    await app.close();
    const wrong: object[] = [];
    expect(those('givc-cli').length).toBeGreaterThan(80);
    for (const { page, line, words } of those('givc-cli'))
      try {
        await root.parseAsync(argumentsOf(words, 'givc-cli'), user);
      } catch (error) {
        const { message } = error as Error;
        // A time of day of an example may be later today.
        if (!message.endsWith('is in the future')) wrong.push({ page, line, message });
      }
    expect(wrong).toEqual([]);
  });

  it('is accepted by a daemon if it starts one', () => {
    for (const { words } of those('givc-admin')) inert(adminCommand()).parse(argumentsOf(words, 'givc-admin'), user);
    for (const { words } of those('givc-agent')) readAgentFlags(argumentsOf(words, 'givc-agent'));
    expect(those('givc-admin').length + those('givc-agent').length).toBeGreaterThan(8);
  });

  it('is a script of package.json if npm runs it', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const run = documented
      .filter(({ words }) => words[0] === 'npm' && words[1] === 'run')
      .map(({ words }) => words[2]!);
    expect(run.length).toBeGreaterThan(30);
    expect(run.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('has a name and options that givc-cli has, also where a text only names it', async () => {
    const app = await CommandFactory.createWithoutRunning(CliModule, { logger: false });
    const root = app.get(CompleteCommand)['command'].parent as unknown as Command;
    await app.close();
    const named = pages().flatMap((page) =>
      codeOf(page)
        .filter((code) => code.startsWith('givc-cli '))
        .map((code) => ({ page, words: commandsOf(code)[0]!.slice(1) })),
    );
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter(({ words }) => !isNamed(root, words))).toEqual([]);
    expect(isNamed(root, ['status', '--resource'])).toBe(false);
    expect(isNamed(root, ['policy', 'whoami'])).toBe(false);
  });

  it('is found in lines of sh(1) of every form that the documentation uses', () => {
    expect(commandsOf('A=b c "d e" \'f|g\' | h -i <j >k && (l; m) & n <(o p) q $(r s)')).toEqual([
      ['c', 'd e', 'f|g'],
      ['h', '-i'],
      ['n', 'FILE', 'q', 'FILE'],
      ['l'],
      ['m'],
      ['o', 'p'],
      ['r', 's'],
    ]);
  });
});
