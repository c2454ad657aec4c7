// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The text without a byte order mark at its beginning. */
export const withoutMark = (text: string): string => text.replace(/^\ufeff/, '');

/**
 * A program that reads a file of variables unchanged puts its byte order mark into the name of the first variable. This
 * restores that name, unless another variable has it.
 */
export function unmarkVariables(env: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(env)) {
    if (withoutMark(name) === name) continue;
    env[withoutMark(name)] ??= value;
    delete env[name];
  }
}
