// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid, quoted } from '@givc/model';

/** The part of an invalid URL that may be shown in a message: without user and password. */
export function withoutCredentials(value: string): string {
  const [colon, at] = [value.indexOf(':'), value.lastIndexOf('@')];
  return at < 0 ? value : `${colon < at ? value.slice(0, colon + 1) : ''}…${value.slice(at)}`;
}

/**
 * Throws INVALID_ARGUMENT that names `field` unless `value` is an http or https URL without a user or password, which
 * would be in every log.
 */
export function parseWebUrl(field: string, value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw invalid(field, `invalid URL ${quoted(withoutCredentials(value))}: expected http or https`);
  if (url.username !== '' || url.password !== '') throw invalid(field, 'a URL must not have a user or a password');
  return url;
}
