// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseTimeOption } from './time-option.js';

const now = new Date(2026, 10, 26, 12, 0, 0).getTime();
const at = (text: string): number => parseTimeOption('--at', text, now);

describe('parseTimeOption', () => {
  it.each([
    ['10:30', new Date(2026, 10, 26, 10, 30)],
    ['10:30:15', new Date(2026, 10, 26, 10, 30, 15)],
    ['2026-11-25', new Date(2026, 10, 25)],
    ['2026-11-25 10:30', new Date(2026, 10, 25, 10, 30)],
    ['2026-11-25T10:30:15.250', new Date(2026, 10, 25, 10, 30, 15, 250)],
    ['2026-11-25T10:30:00Z', new Date(Date.UTC(2026, 10, 25, 10, 30))],
    ['2026-11-25T10:30:00+02:00', new Date(Date.UTC(2026, 10, 25, 8, 30))],
    ['now', new Date(now)],
    ['today', new Date(2026, 10, 26)],
    ['yesterday', new Date(2026, 10, 25)],
    ['-10min', new Date(now - 600_000)],
    ['10min', new Date(now - 600_000)],
    ['10 min ago', new Date(now - 600_000)],
    ['1h30min ago', new Date(now - 5_400_000)],
    ['2 days ago', new Date(now - 172_800_000)],
  ])('reads %s', (text, expected) => {
    expect(new Date(at(text))).toEqual(expected);
  });

  it.each(['', 'soon', '25:00', '10', '10 mins', '2026-13-01', '2026-11-25T10', '-', 'ago', '--10min'])(
    'rejects %j in one line with examples',
    (text) => {
      expect(() => at(text)).toThrow(`--at: invalid time ${JSON.stringify(text)}: expected "10:30"`);
    },
  );

  it('rejects a time in the future', () => {
    expect(() => at('12:01')).toThrow('--at: the time "12:01" is in the future');
  });
});
