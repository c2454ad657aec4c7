// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isUtf8 } from 'node:buffer';

/** An SSID has 1 to 32 bytes (IEEE 802.11-2020, 9.4.2.2). */
export const ssidMax = 32;

const harmful = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;
const escape = /\\x[0-9A-Fa-f]{2}/;

/**
 * An SSID as text, from which `ssidBytes` makes the same bytes again. UTF-8 stays as it is. Written as `\xHH`, as by
 * iw(8), are: a byte that is not UTF-8, each byte of a character that a terminal would interpret, and a backslash that
 * would otherwise begin such an escape. The SSID of a hidden network is empty: access points send no bytes, or only
 * zeros.
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

/** The bytes of an SSID that is written as by `ssidText`, or with more escapes. */
export const ssidBytes = (text: string): Buffer =>
  Buffer.concat(
    text
      .split(new RegExp(`(${escape.source})`))
      .map((part, index) => (index % 2 ? Buffer.from(part.slice(2), 'hex') : Buffer.from(part))),
  );

/**
 * The SSIDs, in the form of `ssidText`, that a text may stand for, the likeliest first: a caller may not use escapes,
 * so each character may also stand for itself. Impossible SSIDs are left out.
 */
export const ssidNames = (text: string): string[] =>
  [ssidBytes(text), Buffer.from(text)]
    .filter(({ length }) => length <= ssidMax)
    .map(ssidText)
    .filter((name, index, names) => name !== '' && names.indexOf(name) === index);

/**
 * The name of a network of a request, as messages show it: in the form of `wifi list`, which `wifi connect` accepts.
 */
export const quotedSsid = (name: string): string => `"${ssidNames(name)[0]!}"`;

/** The length in bytes of the UTF-8 character that begins there; 0 when no character does. */
const characterLength = (bytes: Buffer, at: number): number =>
  [1, 2, 3, 4].find((length) => at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length))) ?? 0;

const startsEscape = (bytes: Buffer): boolean => bytes.toString('latin1').search(escape) === 0;

const escaped = (bytes: Buffer): string =>
  [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
