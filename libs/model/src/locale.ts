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

/** The name of a locale, as for setlocale(3): `fi_FI.UTF-8`. Empty when other variables decide. */
export type Locale = string & { readonly [brand]: 'Locale' };

/** The new values of variables; the others are not changed. */
export type LocaleAssignments = ReadonlyMap<LocaleKey, Locale>;

/** A `locale.LocaleAssignment` of the contract. */
interface Assignment {
  key: number;
  value: string;
}

/**
 * The form of the names in glibc's list of supported locales: `syr`, `fi_FI.UTF-8`, `de_AT@euro`, and also
 * `tt_RU@iqtelif.UTF-8`.
 */
const locale =
  /^(?:(?:C|POSIX|[a-z]{2,3})(?:_[A-Z]{2})?(?:(?:\.[A-Za-z0-9-]+)?(?:@[A-Za-z0-9]+)?|@[A-Za-z0-9]+\.[A-Za-z0-9-]+))?$/;
const localeMax = 64;

/** Throws INVALID_ARGUMENT that names `field` unless `value` can be a locale, or is empty. */
export function parseLocale(field: string, value: string): Locale {
  if (value.length > localeMax || !locale.test(value))
    throw invalid(field, `invalid locale ${quoted(value)}: expected one such as "fi_FI.UTF-8", "de_AT@euro" or "C"`);
  return value as Locale;
}

/** Throws INVALID_ARGUMENT that names `field` unless `value` is a variable of the locale. */
export function parseLocaleKey(field: string, value: string): LocaleKey {
  const key = localeKeys.find((known) => known === value);
  if (!key) throw invalid(field, `invalid variable ${quoted(value)}: expected ${localeKeys.join(', ')}`);
  return key;
}

/**
 * Throws INVALID_ARGUMENT that names the invalid assignment, and when there is no assignment or two for one variable.
 */
export function parseLocaleAssignments(assignments: readonly Assignment[]): LocaleAssignments {
  if (assignments.length === 0) throw invalid('assignments', 'no assignment is given: one to LANG changes all others');
  const parsed = new Map<LocaleKey, Locale>();
  for (const [index, { key, value }] of assignments.entries()) {
    const name = localeKeys[key];
    if (!name)
      throw invalid(`assignments[${index}].key`, `invalid variable ${key}: expected 0-${localeKeys.length - 1}`);
    if (parsed.has(name)) throw invalid(`assignments[${index}].key`, `${name} is assigned twice`);
    parsed.set(name, parseLocale(`assignments[${index}].value`, value));
  }
  return parsed;
}

/** The assignments in the form of the contract, in the order of the map; `parseLocaleAssignments` reads them. */
export const assignmentsOf = (locale: LocaleAssignments): Assignment[] =>
  Array.from(locale, ([key, value]) => ({ key: localeKeys.indexOf(key), value }));
