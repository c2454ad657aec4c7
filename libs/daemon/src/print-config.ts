// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Option, type Command } from 'commander';
import { settingFormats, type Setting } from '@givc/config';
import { formatAddress, type Address } from '@givc/model';

/** The configuration in force, as a daemon prints it instead of starting. */
export interface Printed {
  readonly text: string;
}

/** `--print-config`, and `--print-config=json`. */
export const printConfigOption = (): Option =>
  new Option(
    '--print-config [format]',
    'print the configuration in force and where each value comes from, and start nothing',
  )
    .choices(settingFormats)
    .preset('text');

/** An address or a level as on the command line. */
function shown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  if ('protocol' in value) return formatAddress(value as Address);
  return 'level' in value ? value.level : value;
}

/** The options of a parsed command line that have a value, without those that only choose what the program does. */
export const optionSettings = (command: Command, modes: readonly string[]): Setting[] =>
  command.options.flatMap((option) => {
    const name = option.attributeName();
    const value: unknown = shown(command.getOptionValue(name));
    if (value === undefined || modes.includes(name)) return [];
    const given = command.getOptionValueSource(name);
    const sources: Readonly<Record<string, string>> = {
      env: `variable ${option.envVar}`,
      cli: `flag ${option.long}`,
    };
    return [{ key: option.long!.slice(2), value, source: sources[given ?? ''] ?? 'default' }];
  });
