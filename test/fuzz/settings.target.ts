// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseEnvironmentFile } from '@givc/config';
import { assignmentsOf, parseLocale, parseLocaleAssignments, parseLocaleKey, parseTimezone } from '@givc/model';
import {
  formatLocaleFile,
  formatTimezoneFile,
  parseLocaleFile,
  parseTimezoneFile,
} from '../../apps/admin/src/system/setting-files.js';
import { requirePlain } from './engine/requirements.js';
import { target } from './engine/target.js';
import { texts } from './engine/texts.js';

const locales = [
  'fi_FI.UTF-8',
  'C',
  'POSIX',
  'de_AT@euro',
  'tt_RU@iqtelif.UTF-8',
  'syr',
  'C.UTF-8',
  'en_US.ISO-8859-15',
];
const keys = ['LANG', 'LC_TIME', 'LC_ALL', 'LC_ADDRESS'];
const zones = ['Europe/Helsinki', 'UTC', 'America/Argentina/Buenos_Aires', 'Etc/GMT+12', 'EST5EDT'];

/** The form of POSIX and setlocale(3): language, country, character set and modifier, of harmless characters. */
function requireLocale(locale: string): void {
  assert(locale.length <= 64, locale);
  for (const character of locale) assert(/[A-Za-z0-9_.@-]/.test(character), JSON.stringify(character));
  if (locale === '') return;
  const language = locale.split(/[_.@]/)[0]!;
  assert(['C', 'POSIX'].includes(language) || /^[a-z]{2,3}$/.test(language), `the language ${language}`);
}

function requireTimezone(zone: string): void {
  assert(zone.length > 0 && zone.length <= 128, zone);
  for (const step of zone.split('/')) assert(/^[A-Za-z][A-Za-z0-9_+-]*$/.test(step), `${zone} leads elsewhere`);
}

export const localeNames = target({
  ...{ name: 'locales', parses: 'parseLocale and parseLocaleKey of libs/model', input: texts([...locales, ...keys]) },
  pump: { seeds: locales, input: (text) => text },
  parse: (text) => (text.startsWith('L') ? parseLocaleKey('key', text) : parseLocale('value', text)),
  accepted: (parsed, text) => {
    assert.equal(parsed, text);
    if (!text.startsWith('L')) requireLocale(text);
  },
});

const assignment = fc.record(
  { key: fc.oneof(fc.nat(13), fc.integer()), value: texts(locales) },
  { noNullPrototype: true },
);

export const localeAssignments = target({
  ...{ name: 'locale-assignments', parses: 'parseLocaleAssignments of libs/model: SetLocale, LocaleSet' },
  input: fc.array(assignment, { maxLength: 20 }),
  parse: (assignments) => parseLocaleAssignments(assignments),
  accepted: (parsed, assignments) => {
    assert.deepEqual(assignmentsOf(parsed), assignments);
    for (const value of parsed.values()) requireLocale(value);
    assert.deepEqual(parseLocaleFile(formatLocaleFile(parsed)), { value: parsed, damage: [] });
  },
});

export const timezones = target({
  ...{
    name: 'timezones',
    parses: 'parseTimezone of libs/model',
    input: texts(zones, ['/', '..', 'posix/', 'localtime']),
  },
  pump: { seeds: zones, input: (text) => text },
  parse: (text) => parseTimezone('Timezone', text),
  accepted: (zone, text) => {
    assert.equal(zone, text);
    requireTimezone(zone);
  },
});

const files = ['LANG=fi_FI.UTF-8\nLC_TIME=C\n', '# made by hand\nLANG=C\n\nLC_ALL=\n', 'Europe/Helsinki\n', 'UTC'];

export const settingFiles = target({
  ...{ name: 'setting-files', parses: 'parseLocaleFile and parseTimezoneFile of apps/admin', rejection: 'never' },
  input: texts(files, [...locales, ...keys, ...zones, '\n']),
  outputMax: Infinity,
  pump: { seeds: files, input: (text) => text },
  parse: async (text) => ({
    locale: parseLocaleFile(text),
    timezone: await parseTimezoneFile(text, () => Promise.resolve()),
  }),
  accepted: async ({ locale, timezone }, text) => {
    for (const line of [...locale.damage, ...timezone.damage]) {
      requirePlain(line);
      assert(line.length <= 1_200, `${line.length} characters`);
    }
    assert(locale.damage.length <= text.split('\n').length);
    for (const value of locale.value?.values() ?? []) requireLocale(value);
    if (locale.value)
      assert.deepEqual(parseLocaleFile(formatLocaleFile(locale.value)), { value: locale.value, damage: [] });
    if (timezone.value === undefined) return;
    requireTimezone(timezone.value);
    const again = await parseTimezoneFile(formatTimezoneFile(timezone.value), () => Promise.resolve());
    assert.deepEqual(again, { value: timezone.value, damage: [] });
  },
});

const variables = ['A="a \\" $b" c', "B='x\ny'", '# comment', 'C=plain\\\nnext', ' D = e ', 'F=', '9=x'];

export const environmentFiles = target({
  ...{ name: 'environment-files', parses: 'parseEnvironmentFile of libs/config: EnvironmentFile=' },
  input: fc.array(texts(variables), { maxLength: 5 }).map((lines) => lines.join('\n')),
  pump: { seeds: variables, input: (text) => text },
  parse: (text) => parseEnvironmentFile(text),
  accepted: (parsed, text) => {
    for (const [name, value] of parsed) {
      assert(/^[A-Za-z_][A-Za-z0-9_]*$/.test(name), name);
      assert(text.includes(name) && value.length <= text.length);
    }
  },
});
