// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseSince } from './since.js';

const now = new Date(2026, 0, 31, 15, 0, 0);
const local = (...parts: [number, number, number, number?, number?, number?]) => new Date(...parts).getTime();

describe('parseSince', () => {
  it.each([
    ['10min', 600_000],
    ['-10min', 600_000],
    ['10 minutes ago', 600_000],
    ['1h30m', 5_400_000],
    ['2h 30min ago', 9_000_000],
    ['90s', 90_000],
    ['1 week', 604_800_000],
  ])('reads %j as a span before now by the clock of the VM', (text, value) => {
    expect(parseSince(text, now)).toEqual({ $case: 'age_ms', value });
  });

  it.each([
    ['today', local(2026, 0, 31)],
    ['yesterday', local(2026, 0, 30)],
    ['14:30', local(2026, 0, 31, 14, 30)],
    ['14:30:15', local(2026, 0, 31, 14, 30, 15)],
    ['2026-01-02', local(2026, 0, 2)],
    ['2026-01-02 03:04', local(2026, 0, 2, 3, 4)],
    ['2026-01-02T03:04:05', local(2026, 0, 2, 3, 4, 5)],
    ['2026-01-02T03:04:05Z', Date.UTC(2026, 0, 2, 3, 4, 5)],
    ['2026-01-02 03:04:05+02:00', Date.UTC(2026, 0, 2, 1, 4, 5)],
    ['@1767323045', 1_767_323_045_000],
  ])('reads %j as a time', (text, value) => {
    expect(parseSince(text, now)).toEqual({ $case: 'since_ms', value });
  });

  it.each([
    '',
    'soon',
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
    expect(() => parseSince(text, now)).toThrow(`--since: invalid time ${JSON.stringify(text)}: expected "10min", `);
  });
});
