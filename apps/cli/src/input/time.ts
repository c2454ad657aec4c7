// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid, quoted } from '@givc/model';

/** A time as a person writes it: a span before now, or a time in milliseconds since 1970. */
export type TimeOption =
  { readonly kind: 'span'; readonly ms: number } | { readonly kind: 'time'; readonly ms: number };

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

function parseWord(text: string, now: Date): number | undefined {
  switch (text) {
    case 'now':
      return now.getTime();
    case 'today':
      return midnight(now, 0).getTime();
    case 'yesterday':
      return midnight(now, -1).getTime();
    default: {
      const seconds = /^@([0-9]{1,11})$/.exec(text)?.[1];
      return seconds === undefined ? undefined : Number(seconds) * second;
    }
  }
}

const datePattern =
  /^(?:(\d{4})-(\d{2})-(\d{2}))?(?:(?:^|[T ])(\d{2}):(\d{2})(?::(\d{2})(\.\d{1,6})?)?)?(Z|[+-]\d{2}:\d{2})?$/;

function parseDate(text: string, now: Date): number | undefined {
  const [, year, month, date, hours, minutes, seconds = '0', fraction = '0', zone] = datePattern.exec(text) ?? [];
  if ((year === undefined && hours === undefined) || (zone !== undefined && (!year || !hours))) return undefined;
  if (zone !== undefined) {
    const ms = Date.parse(text.replace(' ', 'T'));
    return Number.isNaN(ms) ? undefined : ms;
  }
  const at = year === undefined ? midnight(now, 0) : new Date(Number(year), Number(month) - 1, Number(date));
  const isDate = year === undefined || (at.getMonth() === Number(month) - 1 && at.getDate() === Number(date));
  const [h, m, s] = [Number(hours ?? 0), Number(minutes ?? 0), Number(seconds)];
  if (!isDate || h > 23 || m > 59 || s > 59) return undefined;
  return at.setHours(h, m, s, Math.floor(Number(fraction) * second));
}

/**
 * A time as of systemd.time(7): a span before now, a word, or a date by the clock and the timezone of this machine.
 * Throws INVALID_ARGUMENT with examples.
 */
export function parseTime(field: string, value: string, now = new Date()): TimeOption {
  const text = value.trim();
  const span = parseSpan(text);
  if (span !== undefined) return { kind: 'span', ms: span };
  const ms = parseWord(text, now) ?? parseDate(text, now);
  if (ms === undefined || ms < 0) throw invalid(field, `invalid time ${quoted(value)}: expected ${examples}`);
  return { kind: 'time', ms };
}

/** Such a time in milliseconds since 1970. Throws INVALID_ARGUMENT also for a time in the future. */
export function parsePastTime(field: string, value: string, now = new Date()): number {
  const { kind, ms } = parseTime(field, value, now);
  const time = kind === 'span' ? now.getTime() - ms : ms;
  if (time > now.getTime()) throw invalid(field, `the time ${quoted(value)} is in the future`);
  return time;
}
