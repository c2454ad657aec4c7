// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isUtf8 } from 'node:buffer';

/** An SSID has 1 to 32 bytes (IEEE 802.11-2020, 9.4.2.2). */
export const ssidMax = 32;

const harmful = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;
const escape = /\\x[0-9A-Fa-f]{2}/;

/**
 * An SSID as text, from which `ssidBytes` makes the same bytes again. UTF-8 stays as it is; a byte that is no UTF-8, and
 * each byte of a character that a terminal would obey, is `\xHH`, as iw(8) has it; so is a backslash that would otherwise
 * begin such an escape. The SSID of a hidden network is empty: access points send nothing, or as many zeros.
 */
export function ssidText(ssid: Buffer): string {
  if (ssid.every((byte) => byte === 0)) return '';
  let text = '';
  for (let at = 0; at < ssid.length;) {
    const length = characterLength(ssid, at);
    const bytes = ssid.subarray(at, at + (length || 1));
    const isText = length > 0 && !harmful.test(bytes.toString()) && !startsEscape(ssid.subarray(at));
    text += isText ? bytes.toString() : escaped(bytes);
    at += bytes.length;
  }
  return text;
}

/** The bytes of an SSID that is written as `ssidText` does, or with more escapes than that. */
export const ssidBytes = (text: string): Buffer =>
  Buffer.concat(
    text
      .split(new RegExp(`(${escape.source})`))
      .map((part, index) => (index % 2 ? Buffer.from(part.slice(2), 'hex') : Buffer.from(part))),
  );

/**
 * The names, as `ssidText` has them, that a text may stand for, the likeliest first: in the text of a caller that does not
 * use escapes, each character stands for itself. Only those of possible SSIDs.
 */
export const ssidNames = (text: string): string[] =>
  [ssidBytes(text), Buffer.from(text)]
    .filter(({ length }) => length <= ssidMax)
    .map(ssidText)
    .filter((name, index, names) => name !== '' && names.indexOf(name) === index);

/** A name of a request, as messages show it: as `wifi list` does, so that it can be given to `wifi connect`. */
export const quotedSsid = (name: string): string => `"${ssidNames(name)[0]!}"`;

/** Of the UTF-8 character that begins there, in bytes; 0 when none does. */
const characterLength = (bytes: Buffer, at: number): number =>
  [1, 2, 3, 4].find((length) => at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length))) ?? 0;

const startsEscape = (bytes: Buffer): boolean => bytes.toString('latin1').search(escape) === 0;

const escaped = (bytes: Buffer): string =>
  [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
