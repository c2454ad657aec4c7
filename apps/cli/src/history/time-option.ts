// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid, quoted } from '@givc/model';

const units: Readonly<Record<string, number>> = {
  s: 1_000,
  sec: 1_000,
  second: 1_000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  week: 604_800_000,
};

/** `10min`, `-10min`, `10 min ago`, `1h30min ago`; undefined for other texts. */
function parseAge(text: string): number | undefined {
  const part = String.raw`[0-9]{1,6} ?(?:s|sec|seconds?|m|min|minutes?|h|hours?|d|days?|weeks?)`;
  if (!new RegExp(`^(?:-?(?:${part} ?)+|(?:${part} ?)+ ago)$`).test(text)) return undefined;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/([0-9]+) ?([a-z]+)/g))
    ms += Number(count) * units[unit!.replace(/^(second|minute|hour|day|week)s$/, '$1')]!;
  return ms;
}

/** Midnight of the day of this time, in the local timezone, and of the days before it. */
const midnight = (now: number, daysBefore = 0): number => {
  const day = new Date(now);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() - daysBefore).getTime();
};

function parse(text: string, now: number): number | undefined {
  if (text === 'now') return now;
  if (text === 'today') return midnight(now);
  if (text === 'yesterday') return midnight(now, 1);
  const age = parseAge(text);
  if (age !== undefined) return now - age;
  const clock = /^([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?$/.exec(text);
  if (clock) {
    const [hours, minutes, seconds] = clock.slice(1).map((part) => Number(part ?? 0));
    const day = new Date(now);
    return new Date(day.getFullYear(), day.getMonth(), day.getDate(), hours, minutes, seconds).getTime();
  }
  const date =
    /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,3})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?))?$/.exec(
      text,
    );
  if (!date) return undefined;
  // Without a zone, ECMAScript reads a date with a time as local time.
  const ms = Date.parse(`${date[1]}T${date[2] ?? '00:00'}`);
  return Number.isNaN(ms) ? undefined : ms;
}

/**
 * A time as in systemd.time(7), in milliseconds since 1970: a date with or without a time, a time of today, an age.
 * Throws INVALID_ARGUMENT for another text, and for a time in the future.
 */
export function parseTimeOption(field: string, text: string, now: number): number {
  const ms = parse(text.trim(), now);
  if (ms === undefined)
    throw invalid(
      field,
      `invalid time ${quoted(text)}: expected "10:30", "2026-11-26 10:30", "2026-11-26T10:30:00Z", "today", "yesterday", "10 min ago" or "-10min"`,
    );
  if (ms > now) throw invalid(field, `the time ${quoted(text)} is in the future`);
  return ms;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** A time in the local timezone: `2026-11-26 10:30:12.345`. */
export function localTime(ms: number): string {
  const at = new Date(ms);
  const date = [at.getFullYear(), twoDigits(at.getMonth() + 1), twoDigits(at.getDate())].join('-');
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(':');
  return `${date} ${clock}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}
