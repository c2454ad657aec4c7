// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid, quoted } from './givc-error.js';

/** The variables of locale.conf(5), and LC_ALL of locale(7), each at its number of `locale.LocaleMacroKey`. */
export const localeKeys = [
  'LANG',
  'LC_ADDRESS',
  'LC_COLLATE',
  'LC_CTYPE',
  'LC_IDENTIFICATION',
  'LC_MONETARY',
  'LC_MESSAGES',
  'LC_MEASUREMENT',
  'LC_NAME',
  'LC_NUMERIC',
  'LC_PAPER',
  'LC_TELEPHONE',
  'LC_TIME',
  'LC_ALL',
] as const;

/** One of `localeKeys`. */
export type LocaleKey = (typeof localeKeys)[number];

declare const brand: unique symbol;

/** The name of a locale, as setlocale(3) takes it: `fi_FI.UTF-8`. Empty where other variables are to decide. */
export type Locale = string & { readonly [brand]: 'Locale' };

/** What the variables are to be; of those that are not in it nothing is said. */
export type LocaleAssignments = ReadonlyMap<LocaleKey, Locale>;

/** A `locale.LocaleAssignment` of the contract. */
interface Assignment {
  key: number;
  value: string;
}

/** What glibc's list of supported locales has: `syr`, `fi_FI.UTF-8`, `de_AT@euro`, and also `tt_RU@iqtelif.UTF-8`. */
const locale =
  /^(?:(?:C|POSIX|[a-z]{2,3})(?:_[A-Z]{2})?(?:(?:\.[A-Za-z0-9-]+)?(?:@[A-Za-z0-9]+)?|@[A-Za-z0-9]+\.[A-Za-z0-9-]+))?$/;
const localeMax = 64;

/** Throws INVALID_ARGUMENT that names `field` unless `value` can be a locale, or is empty. */
export function parseLocale(field: string, value: string): Locale {
  if (value.length > localeMax || !locale.test(value))
    throw invalid(field, `${quoted(value)} is no locale, such as "fi_FI.UTF-8", "de_AT@euro" or "C"`);
  return value as Locale;
}

/** Throws INVALID_ARGUMENT that names `field` unless `value` is a variable of the locale. */
export function parseLocaleKey(field: string, value: string): LocaleKey {
  const key = localeKeys.find((known) => known === value);
  if (!key) throw invalid(field, `${quoted(value)} is none of ${localeKeys.join(', ')}`);
  return key;
}

/** Throws INVALID_ARGUMENT that names the assignment which cannot be, and when there is none or one twice. */
export function parseLocaleAssignments(assignments: readonly Assignment[]): LocaleAssignments {
  if (assignments.length === 0) throw invalid('assignments', 'none is given; one of LANG changes all others');
  const parsed = new Map<LocaleKey, Locale>();
  for (const [index, { key, value }] of assignments.entries()) {
    const name = localeKeys[key];
    if (!name) throw invalid(`assignments[${index}].key`, `${key} is none of 0 to ${localeKeys.length - 1}`);
    if (parsed.has(name)) throw invalid(`assignments[${index}].key`, `${name} is assigned twice`);
    parsed.set(name, parseLocale(`assignments[${index}].value`, value));
  }
  return parsed;
}

/** The assignments as the contract has them, in the order of the map; `parseLocaleAssignments` reads them. */
export const assignmentsOf = (locale: LocaleAssignments): Assignment[] =>
  Array.from(locale, ([key, value]) => ({ key: localeKeys.indexOf(key), value }));
