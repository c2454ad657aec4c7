// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { MODULE_METADATA } from '@nestjs/common/constants.js';
import { CliModule } from './cli.module.js';
import { commandOf, isSubcommand, subcommandsOf } from './nest-commander/command-metadata.js';

/** The global options without a value, except those that need all commands. */
const switches = ['--notls', '--verbose'];
/** The global options with a value. */
const settings = ['--addr', '--port', '--name', '--vsock', '--cacert', '--cert', '--key'];
/** Commands that read the other ones. */
const readers = ['complete', 'completion'];

/** The command that an invocation names; undefined unless only global options with their values precede it. */
export function namedCommand(words: readonly string[]): string | undefined {
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (!word.startsWith('-')) return word;
    const [flag] = word.split('=', 1);
    if (settings.includes(flag!)) at += flag === word ? 1 : 0;
    else if (!switches.includes(word)) return undefined;
  }
  return undefined;
}

@Module({})
class NeededModule {}

/**
 * The module of the only command that an invocation needs, or that of all commands when it is not clear which one that
 * is. nest-commander searches every method of every provider for each command, which takes longer than a call.
 */
export function neededModule(words: readonly string[]): Type | DynamicModule {
  const named = namedCommand(words);
  if (named === undefined || readers.includes(named)) return CliModule;
  const providers = Reflect.getMetadata(MODULE_METADATA.PROVIDERS, CliModule) as readonly Type[];
  const command = providers.find((type) => commandOf(type)?.name === named);
  if (!command) return CliModule;
  const others = providers.filter((type) => !commandOf(type) && !isSubcommand(type));
  return { module: NeededModule, providers: [...others, command, ...subcommandsOf(command)] };
}
