// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { BlockList, isIP } from 'node:net';

/** The family by its name in `BlockList`. */
export const ipFamily = (ip: string): 'ipv4' | 'ipv6' => (isIP(ip) === 6 ? 'ipv6' : 'ipv4');

/** An IPv4-mapped IPv6 address counts as the IPv4 address. */
const plain = (ip: string): string => ip.replace(/^::ffff:(?=[0-9.]+$)/i, '');

/** An IPv4-mapped IPv6 address is the same as the IPv4 address. */
export function isSameIp(a: string, b: string): boolean {
  const list = new BlockList();
  list.addAddress(plain(a), ipFamily(plain(a)));
  return list.check(plain(b), ipFamily(plain(b)));
}
