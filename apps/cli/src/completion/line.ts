// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Command } from '../usage/usage.js';

export type Option = Command['options'][number];

/** The parsed words before the cursor, read as commander does. */
export interface Line {
  readonly command: Command;
  /** By attribute name, as in `opts()`, but with unparsed values. */
  readonly options: Readonly<Record<string, string | true>>;
  /** The words that were typed for the arguments of `command`. */
  readonly operands: readonly string[];
  /**
   * The option whose value the next word is; when the value is optional, a word that begins with `-` is another option.
   */
  readonly open: { readonly option: Option; readonly isSure: boolean } | undefined;
  /** Whether the cursor is after `--`. */
  readonly isOptionsEnded: boolean;
}

/** The option of the command, or of one above it. */
export function findOption(command: Command, flag: string): Option | undefined {
  for (let at: Command | null = command; at; at = at.parent) {
    const option = at.options.find((one) => one.long === flag || one.short === flag);
    if (option) return option;
  }
  return undefined;
}

export const takesValue = ({ required, optional }: Option): boolean => required || optional;

/** A word like `--vm=net-vm`, in two parts. */
export function splitAssignment(word: string): readonly [flag: string, value: string] | undefined {
  const at = word.indexOf('=');
  return word.startsWith('--') && at > 2 ? [word.slice(0, at), word.slice(at + 1)] : undefined;
}

/** Unknown options and arguments are skipped. */
export function readLine(root: Command, words: readonly string[]): Line {
  let command = root;
  let open: Line['open'];
  let isOptionsEnded = false;
  const options: Record<string, string | true> = {};
  const operands: string[] = [];
  for (const word of words) {
    if (open && (open.isSure || !word.startsWith('-'))) {
      const { option } = open;
      options[option.attributeName()] = word;
      open = option.variadic ? { option, isSure: false } : undefined;
      continue;
    }
    open = undefined;
    if (isOptionsEnded || word === '-' || !word.startsWith('-')) {
      const child = operands.length === 0 && command.commands.find((one) => one.name() === word);
      if (child) command = child;
      else operands.push(word);
    } else if (word === '--') isOptionsEnded = true;
    else {
      const [flag, value] = splitAssignment(word) ?? [word];
      const option = findOption(command, flag);
      if (!option) continue;
      if (value !== undefined || !takesValue(option)) options[option.attributeName()] = value ?? true;
      else open = { option, isSure: option.required };
    }
  }
  return { command, options, operands, open, isOptionsEnded };
}
