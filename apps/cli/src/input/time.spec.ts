// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parsePastTime, parseTime } from './time.js';

const now = new Date(2026, 0, 31, 15, 0, 0);
const local = (...parts: [number, number, number, number?, number?, number?]) => new Date(...parts).getTime();

describe('parseTime', () => {
  it.each([
    ['10min', 600_000],
    ['-10min', 600_000],
    ['10 minutes ago', 600_000],
    ['1h30m', 5_400_000],
    ['2h 30min ago', 9_000_000],
    ['90s', 90_000],
    ['1 week', 604_800_000],
  ])('reads %j as a span before now', (text, ms) => {
    expect(parseTime('--since', text, now)).toEqual({ kind: 'span', ms });
  });

  it.each([
    ['now', now.getTime()],
    ['today', local(2026, 0, 31)],
    ['yesterday', local(2026, 0, 30)],
    ['14:30', local(2026, 0, 31, 14, 30)],
    ['14:30:15', local(2026, 0, 31, 14, 30, 15)],
    ['2026-01-02', local(2026, 0, 2)],
    ['2026-01-02T03:04:05.250', local(2026, 0, 2, 3, 4, 5) + 250],
    ['2026-01-02 03:04', local(2026, 0, 2, 3, 4)],
    ['2026-01-02T03:04:05', local(2026, 0, 2, 3, 4, 5)],
    ['2026-01-02T03:04:05Z', Date.UTC(2026, 0, 2, 3, 4, 5)],
    ['2026-01-02 03:04:05+02:00', Date.UTC(2026, 0, 2, 1, 4, 5)],
    ['@1767323045', 1_767_323_045_000],
  ])('reads %j as a time', (text, ms) => {
    expect(parseTime('--since', text, now)).toEqual({ kind: 'time', ms });
  });

  it.each([
    '',
    'soon',
    'ago',
    '-',
    '--10min',
    '2026-01-02T10',
    'constructor',
    '10',
    '10 parsecs',
    '2026-02-30',
    '2026-13-01',
    '25:00',
    '2026-01-02Z',
    '10:00Z',
    '999999999w',
    '1969-12-01T00:00:00Z',
    '2026-01-02T99:04:05Z',
  ])('rejects %j with examples', (text) => {
    expect(() => parseTime('--since', text, now)).toThrow(
      `--since: invalid time ${JSON.stringify(text)}: expected "10min", `,
    );
  });
});

describe('parsePastTime', () => {
  it('is a time in milliseconds, also for a span before now', () => {
    expect(parsePastTime('--at', '10 min ago', now)).toBe(now.getTime() - 600_000);
    expect(parsePastTime('--at', '14:30', now)).toBe(local(2026, 0, 31, 14, 30));
  });

  it('rejects a time in the future', () => {
    expect(() => parsePastTime('--at', '15:01', now)).toThrow('--at: the time "15:01" is in the future');
  });
});
