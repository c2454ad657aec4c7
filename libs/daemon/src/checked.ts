// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** A configuration with which a daemon would start; it was only checked. */
export interface Checked {
  /** What has no effect or is left out, as the start logs it. */
  readonly warnings: readonly string[];
  /** What was checked and what was not. */
  readonly summary: string;
}

/** Writes a line for each warning to stderr, and the summary to stdout. */
export function writeChecked(name: string, { warnings, summary }: Checked): void {
  for (const line of warnings) process.stderr.write(`${name}: warning: ${line}\n`);
  process.stdout.write(`${name}: ${summary}\n`);
}

/** What no check knows, because it belongs to the machine at the time of the start. */
export const notChecked = 'units, users, programs and sockets of the machine, and whether its addresses are free';
