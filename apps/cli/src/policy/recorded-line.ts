// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readText } from '@givc/config';
import { invalid, GivcError, systemErrorText } from '@givc/model';
import { readStdin } from '../input/stdin.js';

/** Twice the size at which a daemon begins a new file. */
const stdinMax = 16 * 1_024 * 1_024;

async function readLog(file: string): Promise<string> {
  if (file === '-') return (await readStdin('the audit log', stdinMax)).toString();
  try {
    return readText(file);
  } catch (error) {
    throw new GivcError('INVALID_ARGUMENT', `cannot read ${file}: ${systemErrorText(error)}`, { cause: error });
  }
}

function isDenied(line: string): boolean {
  try {
    return (JSON.parse(line) as { readonly answer?: unknown } | null)?.answer === 'PERMISSION_DENIED';
  } catch {
    return false;
  }
}

/**
 * A line of the audit log in `file`, `-` for stdin: the given one, else the last that records a denied call, else the
 * only one. Throws INVALID_ARGUMENT when there is none.
 */
export async function readRecordedLine(file: string, number: number | undefined): Promise<string> {
  const lines = (await readLog(file)).split('\n');
  const name = file === '-' ? 'stdin' : file;
  if (number !== undefined) {
    const line = lines[number - 1]?.trim();
    if (line) return line;
    throw invalid('--line', `${name} has no line ${number}: it has ${lines.filter((one) => one.trim()).length}`);
  }
  const written = lines.map((line) => line.trim()).filter((line) => line !== '');
  const denied = written.findLast(isDenied);
  if (denied !== undefined) return denied;
  if (written.length === 1) return written[0]!;
  throw invalid('--record', `${name} has no line with PERMISSION_DENIED: choose a line with --line`);
}
