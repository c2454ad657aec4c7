// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid, quoted } from './givc-error.js';

declare const brand: unique symbol;

/**
 * The name of a zone in the zone database, relative and without `..`: `Europe/Helsinki`. Only the database knows
 * whether the zone exists.
 */
export type Timezone = string & { readonly [brand]: 'Timezone' };

const timezone = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z][A-Za-z0-9_+-]*)*$/;
const timezoneMax = 128;

/** Throws INVALID_ARGUMENT that names `field` unless `value` can be the name of a timezone. */
export function parseTimezone(field: string, value: string): Timezone {
  if (value === '') throw invalid(field, 'the name of a timezone is missing');
  if (value.length > timezoneMax || !timezone.test(value))
    throw invalid(field, `invalid timezone ${quoted(value)}: expected one such as "Europe/Helsinki"`);
  return value as Timezone;
}
