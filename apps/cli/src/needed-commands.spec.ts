// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { DynamicModule, Type } from '@nestjs/common';
import { CliModule } from './cli.module.js';
import { QueryCommand } from './commands/query.command.js';
import { StartAppCommand, StartCommand, StartServiceCommand, StartVmCommand } from './commands/start.command.js';
import { namedCommand, neededModule } from './needed-commands.js';
import { commandOf, isSubcommand } from './nest-commander/command-metadata.js';
import { Output } from './output/output.js';
import { GivcCommand } from './root.command.js';
import { RunningCli } from './running-cli.fixture.js';

const providersFor = (...words: string[]) => (neededModule(words) as DynamicModule).providers;

describe('the commands that an invocation of givc-cli needs', () => {
  it('are the named one and what every command uses', () => {
    expect(providersFor('query', '--as-json')).toEqual([Output, GivcCommand, QueryCommand]);
  });

  it('include the subcommands of the named one', () => {
    const subcommands = [StartAppCommand, StartVmCommand, StartServiceCommand];
    expect(providersFor('start', 'vm', 'net-vm')).toEqual([Output, GivcCommand, StartCommand, ...subcommands]);
  });

  it.each([
    ['the value of a global option', ['--name', 'start', '--notls', '--verbose', '--port=1', 'query']],
    ['the value of one of its options', ['query', '--by-name', 'start']],
  ])('are not found by %s', (_, words) => {
    expect(namedCommand(words)).toBe('query');
  });

  it.each([
    [[]],
    [['--help']],
    [['--prot', '1', 'query']],
    [['help', 'query']],
    [['qurey']],
    [['complete', '--', 'qu']],
  ])('are all commands for the words %j', (words) => {
    expect(neededModule(words)).toBe(CliModule);
  });

  it('are found behind every global option that the help lists', async () => {
    const { out } = await new RunningCli(['--help']).ended;
    const options = [...out.matchAll(/^ +(?:-\w, )?(--[\w-]+)( <.*?>)?/gm)];
    const others = ['--help', '--version'];
    const found = options.map(([, flag, value]) => [flag, namedCommand([flag!, ...(value ? ['start'] : []), 'query'])]);
    expect(found.length).toBeGreaterThan(others.length);
    expect(found).toEqual(options.map(([, flag]) => [flag, others.includes(flag!) ? undefined : 'query']));
  });

  it('have no class that is neither a command nor a subcommand nor part of every command', () => {
    const providers = Reflect.getMetadata('providers', CliModule) as readonly Type[];
    expect(providers.filter((type) => !commandOf(type) && !isSubcommand(type))).toEqual([Output, GivcCommand]);
  });
});
