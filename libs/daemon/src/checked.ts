// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The result of a check: without mistakes, the daemon would start with this configuration. */
export interface Checked {
  /** What would end a start, or keep every peer from accepting this daemon; a line for each. */
  readonly mistakes: readonly string[];
  /** Settings without effect and parts that are left out, in the words that a start logs. */
  readonly warnings: readonly string[];
  /** A sentence about what was checked and what was not. */
  readonly summary: string;
}

/** Writes a line for each mistake and each warning to stderr; without mistakes, the summary to stdout. */
export function writeChecked(name: string, { mistakes, warnings, summary }: Checked): void {
  for (const line of mistakes) process.stderr.write(`${name}: ${line}\n`);
  for (const line of warnings) process.stderr.write(`${name}: warning: ${line}\n`);
  if (mistakes.length === 0) process.stdout.write(`${name}: ${summary}\n`);
}

/** The part of a start that cannot be checked in advance, because it depends on the machine. */
export const notChecked = 'units, users, programs and sockets of the machine, and whether its addresses are free';
