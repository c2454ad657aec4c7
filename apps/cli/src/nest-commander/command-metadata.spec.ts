// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, CommandRunner, SubCommand } from 'nest-commander';
import { commandOf, isSubcommand, subcommandsOf } from './command-metadata.js';

abstract class Nothing extends CommandRunner {
  run(): Promise<void> {
    return Promise.resolve();
  }
}
@SubCommand({ name: 'inner' })
class Inner extends Nothing {}
@SubCommand({ name: 'middle', subCommands: [Inner] })
class Middle extends Nothing {}
@Command({ name: 'outer', subCommands: [Middle] })
class Outer extends Nothing {}

describe('the metadata of nest-commander', () => {
  it('has the name of a command', () => {
    expect(commandOf(Outer)?.name).toBe('outer');
  });

  it('has the subcommands of a command at every depth', () => {
    expect(subcommandsOf(Outer)).toEqual([Middle, Inner]);
  });

  it('tells commands, subcommands and other classes apart', () => {
    expect([Outer, Middle, Nothing].map((type) => commandOf(type as typeof Outer) !== undefined)).toEqual([
      true,
      false,
      false,
    ]);
    expect([Outer, Middle, Nothing].map((type) => isSubcommand(type as typeof Outer))).toEqual([false, true, false]);
  });
});
