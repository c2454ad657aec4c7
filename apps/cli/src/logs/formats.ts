// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isUtf8 } from 'node:buffer';
import { invalid, plainJson, quoted } from '@givc/model';
import type { journal } from '@givc/rpc';
import { printable, printableLines } from './printable.js';

/** The names are those of journalctl(1). */
export const formats = ['short', 'json', 'cat'] as const;
export type Format = (typeof formats)[number];

/** Throws INVALID_ARGUMENT with the names of the formats. */
export function parseFormat(value: string): Format {
  const format = formats.find((one) => one === value);
  if (!format) throw invalid('--output', `invalid format ${quoted(value)}: expected ${formats.join(', ')}`);
  return format;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (number: number): string => String(number).padStart(2, '0');

/** By the clock and timezone of this machine. */
function timeOf(realtimeUs: number): string {
  const at = new Date(realtimeUs / 1_000);
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
  return `${months[at.getMonth()]} ${two(at.getDate())} ${time}`;
}

function fieldOf({ fields }: journal.Entry, ...names: readonly string[]): journal.Field | undefined {
  for (const name of names) {
    const field = fields.find((one) => one.name === name);
    if (field) return field;
  }
  return undefined;
}

const textOf = (entry: journal.Entry, ...names: readonly string[]): string | undefined => {
  const field = fieldOf(entry, ...names);
  return field && printable(field.value);
};

/** What a line of a text shows of a message that is not whole. */
const cutMark = (field: journal.Field | undefined): string =>
  field?.cut_bytes ? ` [${field.cut_bytes} more bytes are cut off]` : '';

/** The lines of a message after the first are indented, as those of journalctl(1). */
function short(entry: journal.Entry): string {
  const message = fieldOf(entry, 'MESSAGE');
  const identifier = textOf(entry, 'SYSLOG_IDENTIFIER', '_COMM') ?? 'unknown';
  const pid = textOf(entry, '_PID', 'SYSLOG_PID');
  const host = textOf(entry, '_HOSTNAME');
  const process = pid === undefined ? identifier : `${identifier}[${pid}]`;
  const head = `${[timeOf(entry.realtime_us), host, process].filter((part) => part !== undefined).join(' ')}: `;
  const lines = printableLines(message?.value ?? Buffer.alloc(0));
  return `${head}${lines.join(`\n${' '.repeat(head.length)}`)}${cutMark(message)}\n`;
}

const jsonValue = (value: Buffer): string | number[] => (isUtf8(value) ? value.toString() : [...value]);

/** A field that occurs several times is an array, as in the JSON of journalctl(1). */
function json(entry: journal.Entry): string {
  const object: Record<string, unknown> = { __REALTIME_TIMESTAMP: String(entry.realtime_us) };
  for (const { name, value } of entry.fields) {
    const shown = jsonValue(value);
    const isAgain = Object.hasOwn(object, name);
    object[name] = isAgain ? [object[name], shown].flat() : shown;
  }
  const cut = fieldOf(entry, 'MESSAGE')?.cut_bytes;
  if (cut) object['GIVC_CUT_BYTES'] = String(cut);
  return `${plainJson(object)}\n`;
}

function cat(entry: journal.Entry, isTerminal: boolean): Buffer | string {
  const message = fieldOf(entry, 'MESSAGE');
  const bytes = message?.value ?? Buffer.alloc(0);
  if (isTerminal) return `${printableLines(bytes).join('\n')}${cutMark(message)}\n`;
  return Buffer.concat([bytes, Buffer.from('\n')]);
}

/** An entry as complete lines. Only `cat`, where no terminal shows it, has the bytes of the message unchanged. */
export function formatEntry(entry: journal.Entry, format: Format, isTerminal: boolean): Buffer | string {
  switch (format) {
    case 'short':
      return short(entry);
    case 'json':
      return json(entry);
    case 'cat':
      return cat(entry, isTerminal);
  }
}
