// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Command } from '../usage/usage.js';

/** The names of machines, units and applications in a command line. */
export interface TypedNames {
  readonly vm?: string | undefined;
  readonly units?: readonly string[] | undefined;
  /** `chromium@0.service`, `chromium@0`, `chromium@` or `chromium`. */
  readonly instance?: string | undefined;
  readonly app?: string | undefined;
}

/** The names of the command line, by its placeholders, which have the same meaning in every command. */
export function typedNames(command: Command): TypedNames {
  const { vm, unit } = command.opts<{ readonly vm?: string; readonly unit?: string }>();
  const valuesOf = (placeholder: string): readonly string[] => {
    const at = command.registeredArguments.findIndex((argument) => argument.name() === placeholder);
    if (at < 0) return [];
    return command.registeredArguments[at]!.variadic ? command.args.slice(at) : command.args.slice(at, at + 1);
  };
  return {
    vm: vm ?? valuesOf('vm')[0],
    units: unit === undefined ? valuesOf('unit') : [unit],
    instance: valuesOf('instance')[0],
    app: valuesOf('app')[0],
  };
}
