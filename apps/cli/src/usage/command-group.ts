// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { CommandRunner } from 'nest-commander';
import { closestNames, quoted } from '@givc/model';
import { strict, type Command } from './usage.js';

const suggestion = (typed: string, known: readonly string[]): string | undefined => {
  const [likeliest] = closestNames(typed, known);
  return likeliest && ` (Did you mean ${likeliest}?)`;
};

/** The subcommand that the words name; bad usage when there is none. */
function commandOf(command: Command, [word, ...rest]: readonly string[]): Command {
  if (word === undefined) return command;
  const visibleCommands = command.createHelp().visibleCommands(command);
  const found = visibleCommands.find((one) => one.name() === word);
  if (found) return commandOf(found, rest);
  const names = visibleCommands.map((one) => one.name());
  return command.error(`unknown command ${quoted(word)}${suggestion(word, names) ?? ''}`);
}

/** A command that only holds subcommands: `start` of `start vm`. */
export abstract class CommandGroup extends CommandRunner {
  override setCommand(command: Command): this {
    // Options after a mistyped command belong to that command: the mistake to report is the command.
    return super.setCommand(strict(command).allowExcessArguments(true).allowUnknownOption(true));
  }

  override run([unknown, ...words]: string[]): Promise<void> {
    if (unknown === 'help') {
      commandOf(this.command, words).outputHelp();
      return Promise.resolve();
    }
    const help = this.command.createHelp();
    const names = help.visibleCommands(this.command).map((command) => command.name());
    const list = names.join(', ');
    if (unknown === undefined) this.command.error(`a command is missing: ${list}`);
    if (unknown.startsWith('-')) {
      const options = [...help.visibleOptions(this.command), ...help.visibleGlobalOptions(this.command)];
      const flags = options.flatMap(({ long }) => long ?? []);
      this.command.error(`unknown option '${unknown}'${suggestion(unknown, flags) ?? ''}`);
    }
    this.command.error(`unknown command ${quoted(unknown)}${suggestion(unknown, names) ?? `: not one of ${list}`}`);
  }
}
