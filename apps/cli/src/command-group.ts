import { CommandRunner } from 'nest-commander';
import { strict, type Command } from './usage.js';

/** A command that does nothing but hold others: `start` of `start vm`. */
export abstract class CommandGroup extends CommandRunner {
  override setCommand(command: Command): this {
    return super.setCommand(strict(command).allowExcessArguments(true));
  }

  override run([unknown]: string[]): Promise<void> {
    const visible = this.command.createHelp().visibleCommands(this.command);
    const known = visible.map((command) => command.name()).join(', ');
    this.command.error(
      unknown === undefined
        ? `a command is missing: ${known}`
        : `unknown command ${JSON.stringify(unknown)}: not one of ${known}`,
    );
  }
}
