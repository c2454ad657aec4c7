// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createReadStream } from 'node:fs';
import { invalid, GivcError, systemErrorText } from '@givc/model';
import { linesOf } from '../input/lines.js';

/** More bytes than any line of the audit log has. */
const maxBytes = 1_024 * 1_024;

async function* readLog(file: string): AsyncGenerator<string | undefined, void> {
  if (file === '-') {
    if (!process.stdin.isTTY) yield* linesOf(process.stdin as AsyncIterable<Buffer>, maxBytes);
    return;
  }
  try {
    yield* linesOf(createReadStream(file) as AsyncIterable<Buffer>, maxBytes);
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

/** A line of an audit log. */
export interface FoundLine {
  readonly text: string;
  /** How many lines were skipped because they are too long or damaged. */
  readonly skipped: number;
}

type Recorded = Readonly<Record<string, unknown>>;

const texts = ['time', 'peer', 'rpc', 'answer', 'rule', 'reason', 'trace_id'];
const isObject = (value: unknown): value is Recorded =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined for a line that no daemon has written. */
function parseLine(line: string): Recorded | undefined {
  try {
    const recorded: unknown = JSON.parse(line);
    if (!isObject(recorded) || (recorded['request'] !== undefined && !isObject(recorded['request']))) return undefined;
    return texts.every((name) => ['string', 'undefined'].includes(typeof recorded[name])) ? recorded : undefined;
  } catch {
    return undefined;
  }
}

const isMeant = ({ answer, trace_id: traceId, time }: Recorded, { trace, at }: ChosenLine): boolean =>
  answer === 'PERMISSION_DENIED' &&
  (at === undefined || (typeof time === 'string' && Date.parse(time) <= at)) &&
  (trace === undefined || traceId === trace);

export const skippedText = (skipped: number): string =>
  `${skipped === 1 ? '1 line is' : `${skipped} lines are`} too long or damaged`;

async function readNumbered(file: string, name: string, number: number): Promise<FoundLine> {
  let [at, written] = [0, 0];
  for await (const line of readLog(file)) {
    const text = line?.trim();
    if (text !== '') written++;
    if (++at !== number || text === '') continue;
    if (text === undefined) throw invalid('--line', `line ${number} of ${name} has more than ${maxBytes} bytes`);
    return { text, skipped: 0 };
  }
  throw invalid('--line', `${name} has no line ${number}: it has ${written}`);
}

/**
 * A line of the audit log in `file`, `-` for stdin: the given one, else the last that records a denied call of the
 * trace and until the time, else, without those, the only one. One line at a time is in memory. Throws INVALID_ARGUMENT
 * when there is none, also when stdin is empty or a terminal.
 */
export async function readRecordedLine(file: string, chosen: ChosenLine): Promise<FoundLine> {
  const { line: number, trace, at } = chosen;
  const name = file === '-' ? 'stdin' : file;
  if (number !== undefined) return readNumbered(file, name, number);
  let denied: string | undefined;
  let only: string | undefined;
  let [written, skipped] = [0, 0];
  for await (const line of readLog(file)) {
    const text = line?.trim();
    if (text === '') continue;
    only = written++ === 0 ? text : undefined;
    const recorded = text === undefined ? undefined : parseLine(text);
    if (!recorded) skipped++;
    else if (isMeant(recorded, chosen)) denied = text;
  }
  if (file === '-' && written === 0)
    throw new GivcError(
      'INVALID_ARGUMENT',
      'stdin has no audit log: name a call with --call, or an audit log with --record',
    );
  if (denied !== undefined) return { text: denied, skipped };
  const which = skipped === 0 ? '' : ` (${skippedText(skipped)})`;
  if (trace !== undefined || at !== undefined)
    throw invalid(
      trace === undefined ? '--at' : '--trace',
      `${name} has no denied call ${trace === undefined ? '' : `of the trace ${trace} `}${at === undefined ? '' : `until ${new Date(at).toISOString()}`}`.trimEnd() +
        `${which}: leave it out for the last one, or look into FILE.1`,
    );
  if (only !== undefined) return { text: only, skipped: 0 };
  throw invalid('--record', `${name} has no line with PERMISSION_DENIED${which}: choose a line with --line`);
}
