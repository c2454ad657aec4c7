// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';

/** A file of UTF-8, without the byte order mark that some editors put at its head. */
export const readText = (file: string): string => withoutMark(readFileSync(file, 'utf8'));

/** The text without a byte order mark at its head. */
export const withoutMark = (text: string): string => text.replace(/^\ufeff/, '');

/**
 * The first variable of a file with a byte order mark has that mark in its name, when the program that started this one has
 * read the file as it is. It gets its right name, unless another variable has that.
 */
export function unmarkVariables(env: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(env)) {
    if (withoutMark(name) === name) continue;
    env[withoutMark(name)] ??= value;
    delete env[name];
  }
}
