// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The result of a check: the daemon would start with this configuration. */
export interface Checked {
  /** Settings without effect and parts that are left out, in the words that a start logs. */
  readonly warnings: readonly string[];
  /** A sentence about what was checked and what was not. */
  readonly summary: string;
}

/** Writes a line for each warning to stderr, and the summary to stdout. */
export function writeChecked(name: string, { warnings, summary }: Checked): void {
  for (const line of warnings) process.stderr.write(`${name}: warning: ${line}\n`);
  process.stdout.write(`${name}: ${summary}\n`);
}

/** The part of a start that cannot be checked in advance, because it depends on the machine. */
export const notChecked = 'units, users, programs and sockets of the machine, and whether its addresses are free';
