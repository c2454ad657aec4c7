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

/** Which line of an audit log is meant: by its number, or else the last denied call that fits. */
export interface ChosenLine {
  readonly line?: number | undefined;
  /** The trace that the call belongs to. */
  readonly trace?: string | undefined;
  /** In milliseconds since 1970: the call was recorded at this time or before. */
  readonly at?: number | undefined;
}

interface Recorded {
  readonly answer?: unknown;
  readonly trace_id?: unknown;
  readonly time?: unknown;
}

function isMeant(line: string, { trace, at }: ChosenLine): boolean {
  try {
    const { answer, trace_id: traceId, time } = JSON.parse(line) as Recorded;
    const isThen = at === undefined || (typeof time === 'string' && Date.parse(time) <= at);
    return answer === 'PERMISSION_DENIED' && isThen && (trace === undefined || traceId === trace);
  } catch {
    return false;
  }
}

/**
 * A line of the audit log in `file`, `-` for stdin: the given one, else the last that records a denied call of the
 * trace and until the time, else, without those, the only one. Throws INVALID_ARGUMENT when there is none, also when
 * stdin is empty or a terminal.
 */
export async function readRecordedLine(file: string, chosen: ChosenLine): Promise<string> {
  const { line: number, trace, at } = chosen;
  const lines = (await readLog(file)).split('\n');
  const name = file === '-' ? 'stdin' : file;
  if (number !== undefined) {
    const line = lines[number - 1]?.trim();
    if (line) return line;
    throw invalid('--line', `${name} has no line ${number}: it has ${lines.filter((one) => one.trim()).length}`);
  }
  const written = lines.map((line) => line.trim()).filter((line) => line !== '');
  if (file === '-' && written.length === 0)
    throw new GivcError(
      'INVALID_ARGUMENT',
      'stdin has no audit log: name a call with --call, or an audit log with --record',
    );
  const denied = written.findLast((line) => isMeant(line, chosen));
  if (denied !== undefined) return denied;
  if (trace !== undefined || at !== undefined)
    throw invalid(
      trace === undefined ? '--at' : '--trace',
      `${name} has no denied call ${trace === undefined ? '' : `of the trace ${trace} `}${at === undefined ? '' : `until ${new Date(at).toISOString()}`}`.trimEnd() +
        ': leave it out for the last one, or look into FILE.1',
    );
  if (written.length === 1) return written[0]!;
  throw invalid('--record', `${name} has no line with PERMISSION_DENIED: choose a line with --line`);
}
