// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { defaulted, described, parsed, wholeNumber } from '@givc/config';
import { invalid, quoted, type VmName } from '@givc/model';
import { absolutePath } from '../config/absolute-path.js';
import { configClass } from '../config/config-class.js';
import { enable } from '../config/enable.js';
import { userName } from '../config/user-name.js';

const maxPatterns = 64;

/** The last pattern, which matches any further arguments. */
export const anyRest = '...';

const argument = z.union([z.string(), z.array(z.string()).check(z.minLength(1))], {
  error: 'invalid pattern: expected a string, or an array of strings that may be missing together',
});

const argumentPatterns = parsed(defaulted(z.array(argument), []), (field, patterns) => {
  if (patterns.length > maxPatterns) throw invalid(field, `invalid args: expected at most ${maxPatterns} patterns`);
  const misplaced = patterns.some((pattern, index) =>
    typeof pattern === 'string' ? pattern === anyRest && index < patterns.length - 1 : pattern.includes(anyRest),
  );
  if (misplaced) throw invalid(field, `invalid args: expected "${anyRest}" at the end only`);
  return patterns;
});

/**
 * Variables with which a caller could run another program than the permitted one, or have its loader read files of the
 * caller's choice: those that ld.so(8) ignores for set-user-ID programs, and PATH. A program that changes its user is
 * still root when its loader reads them.
 */
const loaderVariable =
  /^(LD_.*|MALLOC_.*|PATH|GCONV_PATH|GETCONF_DIR|GLIBC_TUNABLES|HOSTALIASES|LOCALDOMAIN|LOCALE_ARCHIVE|LOCPATH|NIS_PATH|NLSPATH|RESOLV_HOST_CONF|RES_OPTIONS)$/;

const variableName = parsed(z.string(), (field, value) => {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(value))
    throw invalid(field, `invalid variable ${quoted(value)}: expected letters, digits and "_"`);
  if (loaderVariable.test(value))
    throw invalid(field, `invalid variable ${quoted(value)}: it decides which code a program runs`);
  return value;
});

const command = z.strictObject({
  command: described(absolutePath, 'The path of the program.'),
  /**
   * One pattern for each argument, in order. A pattern matches the whole argument; `*` matches any text, even none, but
   * no path that leads up by `..`, and at the beginning no dash. An array of patterns is an optional group. `...` at
   * the end matches any further arguments. A literal `*` cannot be required.
   */
  args: described(
    argumentPatterns,
    'A pattern for each argument: * stands for any text except an option or a path with "..", an inner array is ' +
      'optional as a whole, and "..." at the end stands for any further arguments.',
  ),
  users: described(
    defaulted(z.array(userName), []),
    "The users that it may run as; the agent's own user when the list is empty.",
  ),
  environment: described(defaulted(z.array(variableName), []), 'The variables that a caller may set.'),
  directories: described(
    defaulted(z.array(absolutePath), []),
    'The working directories that a caller may name, compared as text; / when the caller names none.',
  ),
});

const exec = z.pipe(
  z.strictObject({
    enable,
    /** Not in the contract. */
    commands: described(
      defaulted(z.array(z.optional(command)), []),
      'The commands that may run. A command may be listed more than once; a call has to match one entry as a whole.',
    ),
    /** Not in the contract. */
    maxRunning: described(
      defaulted(wholeNumber(1, 1_000), 16),
      'The number of programs that may run at the same time.',
    ),
  }),
  z.transform(({ commands, ...rest }) => ({
    ...rest,
    /** Undefined when no entry is listed, not even an invalid one: then the admin may run updates. */
    commands: commands.length === 0 ? undefined : commands.filter((entry) => entry !== undefined),
  })),
);

/** `capabilities.exec`: runs programs for others. */
export class ExecConfig extends configClass(defaulted(exec, {})) {}

export type AllowedCommand = z.output<typeof command>;
export type ArgumentPattern = AllowedCommand['args'][number];

/** Warns of the effect of `exec` without a list of commands, and shows how to permit more. */
export function unlistedCommands(
  exec: ExecConfig,
  network: { readonly tls: boolean; readonly admin: VmName },
): string[] {
  if (!exec.enable || exec.commands) return [];
  return [
    network.tls
      ? `capabilities.exec.commands: none is listed, so only ${network.admin} may run "ota-update get" and ` +
        '"ota-update cachix", as updates need them; an entry such as {"command": "/path/of/program", "args": ["..."]} ' +
        'permits more'
      : 'capabilities.exec.commands: none is listed, and TLS is off, so nothing may be run',
  ];
}
