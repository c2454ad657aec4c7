// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, quoted } from '@givc/model';
import type { CommandRunner } from 'nest-commander';
import { commanderMessage } from './commander-message.js';
import { plain } from '../output/plain-text.js';

/** Timers longer than this do not work (setTimeout of Node), except for less than a second. */
const maxTimerMs = 2_147_483_000;

/** A command of commander, in the version of nest-commander. */
export type Command = Parameters<CommandRunner['setCommand']>[0];

/** The command as it is typed: `givc-cli start app`. */
export function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

/** An error for bad usage, as one line that names the help to read. */
export function usageLine(text: string, command: Command): string {
  const problem = commanderMessage(text, command).trim();
  return `givc-cli: ${plain(problem)}; see "${pathOf(command)} --help"\n`;
}

/** Makes bad usage an exception, which ends with status 2, instead of an immediate exit. */
export function strict(command: Command): Command {
  return command
    .exitOverride()
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: (text, write) => write(usageLine(text, command)) });
}

/** Runs a parser of the model on user input; a rejected value is bad usage. */
export function parseUsage<T>(command: Command, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof GivcError) command.error(error.message);
    throw error;
  }
}

/** Like `parseUsage`, for an asynchronous parser. */
export async function parseUsageLater<T>(command: Command, parse: () => Promise<T>): Promise<T> {
  try {
    return await parse();
  } catch (error) {
    return parseUsage(command, () => {
      throw error;
    });
  }
}

/** Reads a whole number from `min` to `max`; anything else is bad usage. */
export function parseNumber(command: Command, flag: string, value: string, min: number, max: number): number {
  const number = /^[0-9]{1,10}$/.test(value) ? Number(value) : NaN;
  if (!(number >= min && number <= max))
    command.error(`${flag}: invalid number ${quoted(value)}: expected a whole number from ${min} to ${max}`);
  return number;
}

/** Reads seconds like `30` or `0.5`, above zero, as milliseconds; anything else is bad usage. */
export function parseSeconds(command: Command, flag: string, value: string): number {
  const ms = /^[0-9]{0,7}\.?[0-9]{1,9}$/.test(value) ? Math.ceil(Number(value) * 1_000) : NaN;
  if (!(ms > 0 && ms <= maxTimerMs))
    command.error(`${flag}: invalid duration ${quoted(value)}: expected seconds from 0.001 to ${maxTimerMs / 1_000}`);
  return ms;
}
