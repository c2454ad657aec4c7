// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid } from '@givc/model';
import type { exec } from '@givc/rpc';

/** The program that a caller requests, before its permission is checked. */
export interface StartRequest {
  /** An absolute path, or the last part of one. */
  readonly command: string;
  readonly args: readonly string[];
  readonly directory: string | undefined;
  readonly environment: ReadonlyMap<string, string>;
  /** The first bytes of its standard input. */
  readonly stdin: Buffer | undefined;
  readonly user: string | undefined;
}

/**
 * The limit of execve(2) for one argument or variable, and a limit for their number that command lines do not reach.
 */
const maxBytes = 131_071;
const maxArguments = 256;
const maxVariables = 64;
const maxName = 4_095;

/** Errors never contain the value: arguments may be tokens. */
function parseText(field: string, value: string, max = maxBytes): string {
  if (Buffer.byteLength(value) > max) throw invalid(field, `it has at most ${max} bytes`);
  if (value.includes('\0')) throw invalid(field, 'it has no byte 0');
  return value;
}

/** Callers send an empty name when they name nothing. */
const parseOptional = (field: string, value: string | undefined): string | undefined =>
  value ? parseText(field, value, maxName) : undefined;

/** Parses the first message of a call. Throws INVALID_ARGUMENT that names the field, and never a value. */
export function parseStart({ Command: message }: exec.CommandRequest): StartRequest {
  if (message?.$case !== 'Start') throw invalid('Command', 'the first message is Start');
  const { Command, Arguments, WorkingDirectory, EnvVars, Stdin, Role } = message.value;
  const command = parseOptional('Command', Command);
  if (command === undefined) throw invalid('Command', 'it is missing');
  if (Arguments.length > maxArguments) throw invalid('Arguments', `at most ${maxArguments} are taken`);
  const variables = Object.entries(EnvVars);
  if (variables.length > maxVariables) throw invalid('EnvVars', `at most ${maxVariables} are taken`);
  return {
    command,
    args: Arguments.map((argument, index) => parseText(`Arguments[${index}]`, argument)),
    directory: parseOptional('WorkingDirectory', WorkingDirectory),
    environment: new Map(
      variables.map(([name, value]) => [parseText('EnvVars', name, maxName), parseText(`EnvVars: ${name}`, value)]),
    ),
    stdin: Stdin,
    user: parseOptional('Role', Role),
  };
}
