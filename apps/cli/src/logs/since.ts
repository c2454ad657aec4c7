// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid, quoted } from '@givc/model';
import type { journal } from '@givc/rpc';

export type Since = NonNullable<journal.ReadRequest['since']>;

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** The units of systemd.time(7); `m` is a minute there. */
const spans: Readonly<Record<string, number>> = {
  ...{ s: second, sec: second, second, seconds: second },
  ...{ m: minute, min: minute, minute, minutes: minute },
  ...{ h: hour, hr: hour, hour, hours: hour },
  ...{ d: day, day, days: day, w: 7 * day, week: 7 * day, weeks: 7 * day },
};

const examples = '"10min", "2h 30min ago", "today", "14:30", "2026-01-31 14:30" or "2026-01-31T14:30:00Z"';
const longestMs = 100 * 366 * day;

function parseSpan(text: string): number | undefined {
  const words = text.replace(/^-/, '').replace(/\s+ago$/, '');
  if (!/^(?:\s*[0-9]{1,9}\s*[a-z]+)+$/.test(words)) return undefined;
  let ms = 0;
  for (const [, count, unit] of words.matchAll(/([0-9]+)\s*([a-z]+)/g)) ms += Number(count) * (spans[unit!] ?? NaN);
  return ms <= longestMs ? ms : undefined;
}

/** The begin of the day that is `days` after the day of `now`, by the clock of this machine. */
function midnight(now: Date, days: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
}

const datePattern =
  /^(?:(\d{4})-(\d{2})-(\d{2}))?(?:(?:^|[T ])(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,6})?)?)?(Z|[+-]\d{2}:\d{2})?$/;

function parseDate(text: string, now: Date): number | undefined {
  const [, year, month, date, hours, minutes, seconds = '0', zone] = datePattern.exec(text) ?? [];
  if ((year === undefined && hours === undefined) || (zone !== undefined && (!year || !hours))) return undefined;
  if (zone !== undefined) {
    const ms = Date.parse(text.replace(' ', 'T'));
    return Number.isNaN(ms) ? undefined : ms;
  }
  const at = year === undefined ? midnight(now, 0) : new Date(Number(year), Number(month) - 1, Number(date));
  const isDate = year === undefined || (at.getMonth() === Number(month) - 1 && at.getDate() === Number(date));
  const [h, m, s] = [Number(hours ?? 0), Number(minutes ?? 0), Number(seconds)];
  if (!isDate || h > 23 || m > 59 || s > 59) return undefined;
  return at.setHours(h, m, s);
}

/**
 * A time as of systemd.time(7): a span before now by the clock of the VM, a word, or a date by the clock and the
 * timezone of this machine. Throws INVALID_ARGUMENT with examples.
 */
export function parseSince(value: string, now = new Date()): Since {
  const text = value.trim();
  const age = parseSpan(text);
  if (age !== undefined) return { $case: 'age_ms', value: age };
  const words: Readonly<Record<string, number>> = { today: 0, yesterday: -1 };
  const days = Object.hasOwn(words, text) ? words[text] : undefined;
  const seconds = /^@([0-9]{1,11})$/.exec(text)?.[1];
  const ms =
    days !== undefined
      ? midnight(now, days).getTime()
      : seconds !== undefined
        ? Number(seconds) * second
        : parseDate(text, now);
  if (ms === undefined || ms < 0) throw invalid('--since', `invalid time ${quoted(value)}: expected ${examples}`);
  return { $case: 'since_ms', value: ms };
}
