// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** A time in the local timezone: `2026-11-26 10:30:12.345`. */
export function localTime(ms: number): string {
  const at = new Date(ms);
  const date = [at.getFullYear(), twoDigits(at.getMonth() + 1), twoDigits(at.getDate())].join('-');
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(':');
  return `${date} ${clock}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}
