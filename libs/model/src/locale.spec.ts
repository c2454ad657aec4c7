// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { assignmentsOf, localeKeys, parseLocale, parseLocaleAssignments, parseLocaleKey } from './locale.js';
import { parseTimezone } from './timezone.js';

describe('a locale', () => {
  it.each([
    '',
    'C',
    'POSIX',
    'C.UTF-8',
    'fi',
    'fi_FI',
    'fi_FI.UTF-8',
    'de_AT@euro',
    'sr_RS.utf8@latin',
    'ast_ES.UTF-8',
    'syr',
    'tt_RU@iqtelif.UTF-8',
    'ca_ES.ISO-8859-15@euro',
  ])('accepts the locale %j', (value) => {
    expect(parseLocale('LANG', value)).toBe(value);
  });

  it.each([
    'english',
    'abcd',
    'tt_RU@iqtelif.UTF-8@x',
    'en-US',
    'EN_us',
    'fi_FI.',
    'fi_FI.UTF-8\n',
    'fi_FI.UTF-8 LC_ALL=C',
    '../C',
    '--help',
    '$(reboot)',
    `fi_FI.${'8'.repeat(100)}`,
  ])('rejects the locale %j', (value) => {
    expect(() => parseLocale('LANG', value)).toThrow(/^LANG: invalid locale /);
  });

  it('is assigned to variables by their numbers and names', () => {
    const assignments = [
      { key: 0, value: 'fi_FI.UTF-8' },
      { key: 12, value: '' },
    ];
    const parsed = parseLocaleAssignments(assignments);
    expect([...parsed]).toEqual([
      ['LANG', 'fi_FI.UTF-8'],
      ['LC_TIME', ''],
    ]);
    expect(assignmentsOf(parsed)).toEqual(assignments);
    expect(parseLocaleKey('key', 'LC_ALL')).toBe(localeKeys[13]);
  });

  it.each([
    ['assignments: ', []],
    ['assignments[0].key: invalid variable 14: expected 0-13', [{ key: 14, value: 'C' }]],
    ['assignments[0].key: invalid variable -1: expected 0-13', [{ key: -1, value: 'C' }]],
    [
      'assignments[1].key: LANG is assigned twice',
      [
        { key: 0, value: 'C' },
        { key: 0, value: 'fi_FI' },
      ],
    ],
    ['assignments[0].value: invalid locale "no"', [{ key: 0, value: 'no\0' }]],
  ])('is rejected with %j', (message, assignments) => {
    expect(() => parseLocaleAssignments(assignments)).toThrow(message.replace('"no"', '"no\\u0000"'));
  });

  it('has no other variables than those of locale.conf(5) and LC_ALL', () => {
    for (const key of ['LD_PRELOAD', 'lang', ''])
      expect(() => parseLocaleKey('KEY', key)).toThrow(/^KEY: invalid variable .*: expected LANG, /);
  });
});

describe('the name of a timezone', () => {
  it.each(['UTC', 'Europe/Helsinki', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'America/Port-au-Prince'])(
    'accepts the timezone %s',
    (value) => {
      expect(parseTimezone('Timezone', value)).toBe(value);
    },
  );

  it.each(['', '/etc/passwd', '../localtime', 'Europe/../../passwd', 'Europe/', 'Europe//Rome', '-h', 'a b', 'UTC\n'])(
    'rejects the timezone %j',
    (value) => {
      expect(() => parseTimezone('Timezone', value)).toThrow(/^Timezone: /);
    },
  );

  it('has at most 128 characters', () => {
    expect(parseTimezone('Timezone', 'a'.repeat(128))).toBe('a'.repeat(128));
    expect(() => parseTimezone('Timezone', 'a'.repeat(129))).toThrow(/^Timezone: invalid timezone/);
  });

  it('counts as missing when it is empty', () => {
    expect(() => parseTimezone('Timezone', '')).toThrow('Timezone: the name of a timezone is missing');
  });
});

describe('the name of a locale', () => {
  it('has at most 64 characters', () => {
    expect(parseLocale('LANG', `fi.${'a'.repeat(61)}`)).toBe(`fi.${'a'.repeat(61)}`);
    expect(() => parseLocale('LANG', `fi.${'a'.repeat(62)}`)).toThrow(/^LANG: invalid locale /);
  });
});
