// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { plainJson } from '@givc/model';
import { currentTrace } from '@givc/trace';

/** The levels of syslog(3) that are used here, with their priority prefixes of sd-daemon(3). */
const priorities = { error: 3, warn: 4, info: 6, debug: 7 } as const;

export type Level = keyof typeof priorities;
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

export const levels = Object.keys(priorities) as readonly Level[];

/** Characters by which a reader or a terminal could misinterpret a value. */
const ambiguous = /[\s"=\\\p{Cc}\p{Bidi_Control}]/u;
/** Characters that must not occur unescaped in a line. */
const unprintable = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

/** Quoted like in `plainJson` when it is empty or could be misinterpreted. */
const formatValue = (value: string | number | boolean): string =>
  typeof value === 'string' && (value === '' || ambiguous.test(value)) ? plainJson(value) : String(value);

/**
 * One event as one line without its end: the message, then ` key=value` for each field that is set, in their order. A
 * message with control characters is also quoted, so that no event can write a second line or a priority.
 */
export function formatEvent(message: string, fields: Fields = {}): string {
  let line = unprintable.test(message) ? plainJson(message) : message;
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) line += ` ${key}=${formatValue(value)}`;
  return line;
}

/**
 * Writes one line for each event to stderr. Under journald the line begins with a priority such as `<6>`
 * (sd-daemon(3)), elsewhere with the name of the level. An event of a trace ends with the field
 * `trace_id`, 32 hexadecimal digits.
 */
export class Log {
  readonly #threshold: number;
  readonly #prefix: (level: Level) => string;

  constructor(
    level: Level = 'info',
    private readonly write: (line: string) => void = (line) => process.stderr.write(line),
    journald: boolean = process.env['JOURNAL_STREAM'] !== undefined || process.env['INVOCATION_ID'] !== undefined,
  ) {
    this.#threshold = priorities[level];
    this.#prefix = journald ? (l) => `<${priorities[l]}>` : (l) => `${l}: `;
  }

  error(message: string, fields?: Fields): void {
    this.#event('error', message, fields);
  }

  warn(message: string, fields?: Fields): void {
    this.#event('warn', message, fields);
  }

  info(message: string, fields?: Fields): void {
    this.#event('info', message, fields);
  }

  debug(message: string, fields?: Fields): void {
    this.#event('debug', message, fields);
  }

  #event(level: Level, message: string, fields: Fields | undefined): void {
    if (priorities[level] > this.#threshold) return;
    const trace = currentTrace();
    const all = trace ? { ...fields, trace_id: fields?.['trace_id'] ?? trace.traceId } : fields;
    this.write(`${this.#prefix(level)}${formatEvent(message, all)}\n`);
  }
}
