// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UnitName } from '@givc/model';

const unitPathPrefix = '/org/freedesktop/systemd1/unit/';

/**
 * A string as one element of an object path, as sd_bus_path_encode(3) does it: each byte that is neither an ASCII
 * letter nor a digit, and a leading digit, becomes `_` and two hexadecimal digits; the empty string becomes `_`.
 */
export function escapeBusLabel(label: string): string {
  if (label === '') return '_';
  let escaped = '';
  for (const [index, byte] of Buffer.from(label).entries()) {
    const character = String.fromCharCode(byte);
    escaped += (index === 0 ? /[A-Za-z]/ : /[A-Za-z0-9]/).test(character)
      ? character
      : `_${byte.toString(16).padStart(2, '0')}`;
  }
  return escaped;
}

/** The inverse of `escapeBusLabel`; a `_` without two hexadecimal digits after it stands for itself. */
export function unescapeBusLabel(label: string): string {
  if (label === '_') return '';
  const bytes: number[] = [];
  for (let index = 0; index < label.length; index++) {
    const digits = label.slice(index + 1, index + 3);
    if (label[index] === '_' && /^[0-9A-Fa-f]{2}$/.test(digits)) {
      bytes.push(parseInt(digits, 16));
      index += 2;
    } else bytes.push(...Buffer.from(label[index]!));
  }
  return Buffer.from(bytes).toString();
}

/** The object that org.freedesktop.systemd1(5) has for the unit, whether it is loaded or not. */
export const unitPath = (unit: UnitName): string => unitPathPrefix + escapeBusLabel(unit);

/** The name of the unit with this object; undefined for other objects. */
export function unitOfPath(path: string): UnitName | undefined {
  return path.startsWith(unitPathPrefix)
    ? (unescapeBusLabel(path.slice(unitPathPrefix.length)) as UnitName)
    : undefined;
}

/** The interface for the unit's type: `org.freedesktop.systemd1.Service` for a `.service`. */
export function typeInterface(unit: UnitName): string {
  const suffix = unit.slice(unit.lastIndexOf('.') + 1);
  return `org.freedesktop.systemd1.${suffix[0]!.toUpperCase()}${suffix.slice(1)}`;
}
