// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// nest-commander 3.21.0 does not export where its decorators keep what they get; guarded by
// command-metadata.spec.ts.
import type { Type } from '@nestjs/common';
import type { CommandMetadata } from 'nest-commander';
import { CommandMeta, SubCommandMeta } from 'nest-commander/src/constants.js';

const read = (key: string, type: Type): CommandMetadata | undefined =>
  Reflect.getMetadata(key, type) as CommandMetadata | undefined;

/** What `@Command` of this class says; undefined for other classes. */
export const commandOf = (type: Type): CommandMetadata | undefined => read(CommandMeta, type);

/** The classes with `@SubCommand` that the command of this class has, and those that they have. */
export const subcommandsOf = (type: Type): Type[] =>
  ((commandOf(type) ?? read(SubCommandMeta, type))?.subCommands ?? []).flatMap((one) => [one, ...subcommandsOf(one)]);

/** Whether this class is a subcommand of another one. */
export const isSubcommand = (type: Type): boolean => read(SubCommandMeta, type) !== undefined;
