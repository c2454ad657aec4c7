// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { CommandRunner } from 'nest-commander';
import { unknownOption, unknownWord } from './unknown-word.js';
import { strict, type Command } from './usage.js';

/** The subcommand that the words name; bad usage when there is none. */
function commandOf(command: Command, [word, ...rest]: readonly string[]): Command {
  if (word === undefined) return command;
  const visibleCommands = command.createHelp().visibleCommands(command);
  const found = visibleCommands.find((one) => one.name() === word);
  if (found) return commandOf(found, rest);
  const names = visibleCommands.map((one) => one.name());
  return command.error(unknownWord('command', word, names));
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
    if (unknown === undefined) this.command.error(`a command is missing: ${names.join(', ')}`);
    if (unknown.startsWith('-')) this.command.error(unknownOption(unknown, this.command));
    this.command.error(unknownWord('command', unknown, names));
  }
}
