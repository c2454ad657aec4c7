// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** A code block of a page. */
export interface Block {
  readonly page: string;
  readonly language: string;
  /** The title after the language: where the commands run, or which file it is. */
  readonly title: string | undefined;
  readonly text: string;
}

/** The pages in Markdown of the repository. */
export const pages = (): readonly string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { encoding: 'utf8' })
    .split('\n')
    .filter((file) => file !== '' && existsSync(file));

/** The code blocks of a page, in order; those of a list without its indentation. */
export const blocksOf = (page: string): readonly Block[] =>
  [...readFileSync(page, 'utf8').matchAll(/^( *)```(\w+)(?: title="([^"]*)")?\n([^]*?)^\1```/gm)].map(
    ([, indent, language, title, text]) => ({
      ...{ page, language: language!, title },
      text: text!.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  );

/** The code within the text of a page: between backquotes, on one line. */
export const codeOf = (page: string): readonly string[] => {
  const text = readFileSync(page, 'utf8').replace(/^( *)```[^]*?^\1```/gm, '');
  return [...text.matchAll(/(?<!`)`([^`]+)`(?!`)/g)].map(([, code]) => code!.replace(/\s+/g, ' '));
};

/** The text of here-documents is not a command. */
const withoutHere = (text: string): string =>
  text.replace(/<<'?(\w+)'?(.*)\n[^]*?^\1$/gm, (_all, _end, rest: string) => rest);

/** The lines of a block that are commands, without comments; of a console those after `$ `. */
export function linesOf({ language, text }: Block): readonly string[] {
  const lines = withoutHere(text).split('\n');
  return lines
    .filter((line) => (language === 'console' ? line.startsWith('$ ') : language === 'sh'))
    .map((line) => line.replace(/^\$ /, '').replace(/(^|\s+)#(\s.*|$)/, ''))
    .filter((line) => line.trim() !== '');
}

/**
 * The words of each command of a line of sh(1): those of a pipeline, of a list, and in `( )`, `$( )` and `<( )`.
 * Redirections and assignments are left out; quotes are removed.
 */
export function commandsOf(line: string): readonly (readonly string[])[] {
  const inner: string[] = [];
  const outer = line.replace(/(^|[$<]| )\(([^()]*)\)/g, (_all, before: string, text: string) => {
    inner.push(text);
    return before === '$' || before === '<' ? 'FILE' : '';
  });
  const commands: string[][] = [[]];
  for (const [, quoted, plain, end] of outer.matchAll(/((?:'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"|&;])+)|()(\|\|?|&&?|;)/g)) {
    if (end !== undefined) commands.push([]);
    else if (plain === undefined) commands.at(-1)!.push(quoted!.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'));
  }
  const own = commands.map((words) => {
    const without = words.filter((word, at) => !/^[0-9]*[<>]/.test(word) && !/^[0-9]*[<>]+$/.test(words[at - 1] ?? ''));
    const begin = without.findIndex((word) => !/^\w+=/.test(word));
    return begin < 0 ? [] : without.slice(begin);
  });
  return [...own.filter((words) => words.length > 0), ...inner.flatMap(commandsOf)];
}
