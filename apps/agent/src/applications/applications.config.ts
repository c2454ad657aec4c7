// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { defaulted, described, entries, parsed } from '@givc/config';
import { invalid, maxApplications, parseApplicationName, quoted } from '@givc/model';
import { absolutePath } from '../config/absolute-path.js';

/** A command line, split at spaces without any quoting; its first part is the path of the program. */
const commandLine = parsed(z.string(), (field, value): readonly [program: string, ...args: string[]] => {
  const [program = '', ...args] = value.split(' ').filter((part) => part !== '');
  if (!program.startsWith('/') || value.includes('\0'))
    throw invalid(field, `invalid command ${quoted(value)}: expected an absolute path, then arguments`);
  return [program, ...args];
});

const application = z.strictObject({
  name: described(parsed(z.string(), parseApplicationName), 'The name by which callers start it.'),
  command: described(
    commandLine,
    'A command line that is split at spaces, without any quoting; it begins with an absolute path.',
    { pattern: '^ */' },
  ),
  args: described(
    defaulted(
      z.array(z.enum(['url', 'flag', 'file'], { error: 'invalid kind: expected "url", "flag" or "file"' })),
      [],
    ),
    'The kinds of arguments that a caller may send.',
  ),
  directories: described(
    defaulted(z.array(absolutePath), []),
    'The folders in which the files of arguments must be; needed if `args` has "file".',
  ),
});

/** `capabilities.applications`. */
export const applications = entries(application);

/** An application that may be started, and the kinds of arguments that it accepts. */
export type ApplicationConfig = z.output<typeof application>;
export type ArgumentKind = ApplicationConfig['args'][number];

/** The applications that an agent may start. */
export class ApplicationsConfig {
  constructor(public applications: readonly ApplicationConfig[]) {}
}

/**
 * Warns of an application with the name of an earlier one, of files without directories, of directories without files,
 * and of applications that no admin lists because there are too many.
 */
export function unusedApplicationSettings(configured: readonly ApplicationConfig[]): string[] {
  const names = new Set<string>();
  const warnings = configured.flatMap(({ name, args, directories }) => {
    const where = `capabilities.applications: "${name}"`;
    if (names.has(name)) return [`${where} is the name of an earlier application; this one is never started`];
    names.add(name);
    const takesFiles = args.includes('file');
    if (takesFiles && directories.length === 0)
      return [`${where} takes files, but names no directories: all are rejected`];
    if (!takesFiles && directories.length > 0) return [`${where} names directories, but its args have no "file"`];
    return [];
  });
  if (names.size <= maxApplications) return warnings;
  const text = `capabilities.applications: ${names.size} can be started, but only the first ${maxApplications} are listed`;
  return [...warnings, text];
}
