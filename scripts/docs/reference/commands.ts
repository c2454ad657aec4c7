// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { EventEmitter } from 'node:events';
import { CommandFactory } from 'nest-commander';
import type { Argument, Command, Option } from 'commander';
import { adminCommand } from '../../../apps/admin/src/admin.flags.js';
import { agentCommand } from '../../../apps/agent/src/agent.flags.js';
import { CliModule } from '../../../apps/cli/src/cli.module.js';
import { CompleteCommand } from '../../../apps/cli/src/commands/complete.command.js';
import type { Page } from '../page.js';
import { cell, code, table } from './tables.js';

/** The command from which givc-cli parses its arguments, with all commands below it. */
export async function commandOfCli(): Promise<Command> {
  const app = await CommandFactory.createWithoutRunning(CliModule, { logger: false });
  const root = app.get(CompleteCommand)['command'].parent!;
  await app.close();
  return root;
}

/** The visible commands below this one that do something, in order. */
export function commandsBelow(command: Command): readonly Command[] {
  const below = command
    .createHelp()
    .visibleCommands(command)
    .filter((one) => one.name() !== 'help');
  return below.length === 0 ? [command] : below.flatMap(commandsBelow);
}

export const pathOf = (command: Command): string =>
  command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();

/** The part of the help after the options: examples and more. */
function textAfterOptions(command: Command): string {
  let text = '';
  (command as unknown as EventEmitter).emit('afterHelp', {
    command,
    error: false,
    write: (part: string) => (text += part),
  });
  return text.replace(/^\n+|\s+$/g, '');
}

const hasValue = (value: unknown): boolean =>
  value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);

function optionRow({ flags, description, envVar, defaultValue, argChoices }: Option): readonly string[] {
  const what = cell(description) + (argChoices ? ` (${argChoices.map(code).join(', ')})` : '');
  return [code(flags), code(envVar ?? ''), hasValue(defaultValue) ? code(String(defaultValue)) : '', what];
}

function optionTable(command: Command): string {
  const options = command
    .createHelp()
    .visibleOptions(command)
    .filter(({ long }) => long !== '--help')
    .map(optionRow);
  // Columns that are empty everywhere are left out.
  const columns = [0, 1, 2, 3].filter((at) => options.some((row) => row[at] !== ''));
  const pick = (row: readonly string[]) => columns.map((at) => row[at]!);
  return table(pick(['option', 'variable', 'default', 'what']), options.map(pick));
}

const verbatim = (text: string): string => (text === '' ? '' : `\n\`\`\`text\n${text}\n\`\`\`\n`);

function chapter(command: Command): string {
  const args = command.registeredArguments.filter(({ description }) => description);
  return [
    `\n## ${pathOf(command).replace(/^givc-cli /, '')}\n`,
    `\n\`\`\`text\n${pathOf(command)} ${command.usage()}\n\`\`\`\n\n${command.description()}\n`,
    table(
      ['argument', 'what'],
      args.map((one: Argument) => [code(one.name()), cell(one.description)]),
    ),
    optionTable(command),
    verbatim(textAfterOptions(command)),
  ].join('');
}

function page(command: Command, text: string): Page {
  const name = command.name();
  return { file: `docs/reference/${name}.md`, text: `# ${name}\n\n${command.description()}\n${text}` };
}

/** A page for each program, from the commands with which it parses its arguments. */
export async function commandPages(): Promise<readonly Page[]> {
  const cli = await commandOfCli();
  const ofDaemon = (command: Command) =>
    page(
      command,
      `\n\`\`\`text\n${command.name()} ${command.usage()}\n\`\`\`\n${optionTable(command)}${verbatim(textAfterOptions(command))}`,
    );
  return [
    page(
      cli,
      `\n[The command line](../command-line.md) describes what its commands have in common. These options stand anywhere on
the line:\n${optionTable(cli)}${verbatim(textAfterOptions(cli))}${commandsBelow(cli).map(chapter).join('')}`,
    ),
    ofDaemon(adminCommand()),
    ofDaemon(agentCommand()),
  ];
}
