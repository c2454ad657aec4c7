// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Command } from 'commander';

/**
 * Parses a command line as a process with these variables does, and writes nothing. commander reads no variables but
 * those of the process, so these are replaced until `parse` returns, and `parse` must not be asynchronous.
 */
export function withVariables<Value>(
  environment: NodeJS.ProcessEnv,
  command: () => Command,
  parse: (command: Command) => Value,
): Value {
  const { env } = process;
  process.env = { ...environment };
  try {
    return parse(command().configureOutput({ writeErr: () => undefined }));
  } finally {
    process.env = env;
  }
}
