// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isIP } from 'node:net';
import { invalid, quoted } from '@givc/model';

const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/**
 * The normal form of an IP address: IPv6 by RFC 5952, but without dots, and an IPv4-mapped IPv6 address as the IPv4
 * address. Throws INVALID_ARGUMENT that names `field` for everything else.
 */
export function parseAddress(field: string, value: string): string {
  const version = isIP(value);
  if (version === 0) throw invalid(field, `invalid IP address ${quoted(value)}`);
  if (value.includes('%')) throw invalid(field, `${quoted(value)} has a zone, which no certificate can name`);
  if (version === 4) return value;
  const canonical = new URL(`http://[${value}]/`).hostname.slice(1, -1);
  const words = mapped
    .exec(canonical)
    ?.slice(1)
    .map((word) => parseInt(word, 16));
  return words ? words.flatMap((word) => [word >> 8, word & 0xff]).join('.') : canonical;
}
