// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { admin, report } from '@givc/rpc';
import { plain } from '../output/plain-text.js';
import type { Command } from '../usage/usage.js';
import { bareWords, type Candidate } from '../names/candidate.js';
import { findOption, readLine, splitAssignment, takesValue, type Line, type Option } from './line.js';
import { placeholderOf, placeholders, type PlaceholderMeaning } from './placeholders.js';

export interface ListedRegistry {
  readonly items: readonly admin.QueryListItem[];
  /** Undefined unless they were requested, and the admin lists them. */
  readonly machines?: readonly report.Machine[] | undefined;
}

/** Requests the registry, and on demand the machines, with the options of the line; empty when that fails. */
export type ListRegistry = (options: Line['options'], needsMachines: boolean) => Promise<ListedRegistry>;

const chosen = (choices: readonly string[]): PlaceholderMeaning => ({ kind: 'words', list: () => bareWords(choices) });

const meaningOf = (option: Option): PlaceholderMeaning | undefined =>
  option.argChoices ? chosen(option.argChoices) : placeholders[placeholderOf(option.flags)];

/** The next argument; undefined when there is none, or any text is accepted. */
function argumentOf({ command, operands }: Line) {
  const last = command.registeredArguments.at(-1);
  return command.registeredArguments[operands.length] ?? (last?.variadic ? last : undefined);
}

/** The machine that the line names. */
function vmOf({ command, options, operands }: Line): string | undefined {
  const at = command.registeredArguments.findIndex((argument) => argument.name() === 'vm');
  const vm = options['vm'] ?? operands[at];
  return typeof vm === 'string' ? vm : undefined;
}

function optionsOf({ command }: Line): Candidate[] {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)].map((option) => ({
    word: option.long ?? option.flags,
    description: option.description,
  }));
}

/** Undefined after an unknown command. */
function commandsOf({ command, operands }: Line): Candidate[] {
  if (operands.length > 0) return [];
  const visible = command.createHelp().visibleCommands(command);
  return visible.map((one) => ({ word: one.name(), description: one.description() }));
}

/** The kind of the next word, and the part of the word that is kept. */
function meaningAt(
  line: Line,
  word: string,
): { readonly meaning: PlaceholderMeaning | undefined; readonly before: string } {
  const { command, open, isOptionsEnded } = line;
  const isOption = !isOptionsEnded && word.startsWith('-');
  if (open && (open.isSure || !isOption)) return { meaning: meaningOf(open.option), before: '' };
  const argument = argumentOf(line);
  if (isOption) {
    const [flag] = splitAssignment(word) ?? [];
    if (flag === undefined) return { meaning: { kind: 'words', list: () => optionsOf(line) }, before: '' };
    const option = findOption(command, flag);
    return { meaning: option && takesValue(option) ? meaningOf(option) : undefined, before: `${flag}=` };
  }
  if (command.commands.length > 0) return { meaning: { kind: 'words', list: () => commandsOf(line) }, before: '' };
  if (argument) return { meaning: placeholders[argument.name()], before: '' };
  return { meaning: isOptionsEnded ? undefined : { kind: 'words', list: () => optionsOf(line) }, before: '' };
}

/**
 * The lines that a shell's script reads: for each candidate the whole word that replaces the last of `words`, and its
 * description, if it has one, after a tab; or only `<file>` or `<folder>` where the shell completes by itself. `words`
 * are those after the name of the program, up to the cursor. The registry is requested at most once, and only when it
 * matters.
 */
export async function candidateLines(
  root: Command,
  words: readonly string[],
  listRegistry: ListRegistry,
): Promise<readonly string[]> {
  const word = words.at(-1) ?? '';
  const line = readLine(root, words.slice(0, -1));
  const { meaning, before } = meaningAt(line, word);
  const list = async (): Promise<readonly Candidate[]> => {
    switch (meaning?.kind) {
      case 'words':
        return meaning.list();
      case 'names': {
        const { items, machines } = await listRegistry(line.options, meaning.needsMachines ?? false);
        return meaning.of(items, vmOf(line), machines);
      }
      default:
        return [];
    }
  };
  if (meaning?.kind === 'files') return ['<file>'];
  if (meaning?.kind === 'folders') return ['<folder>'];
  return (await list())
    .map((one) => ({ ...one, word: before + one.word }))
    .filter((one) => one.word.startsWith(word))
    .map(({ word, description }) => (description === '' ? word : `${word}\t${plain(description)}`));
}
