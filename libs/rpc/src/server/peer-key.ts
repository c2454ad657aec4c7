// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isIPv6 } from 'node:net';
import type { PeerCertificate } from 'node:tls';

/**
 * The key of a peer by its certificate: its first DNS name, so that a machine with several certificates is one peer;
 * the certificate itself when it has no name.
 */
export const certificateKey = ({ subjectaltname = '', fingerprint256 }: PeerCertificate): string =>
  /(?:^|, )DNS:([^,]+)/.exec(subjectaltname)?.[1] ?? fingerprint256;

/**
 * The key of a peer by its address: for IPv6 the network of 64 bits, in which a machine may have any number of
 * addresses (RFC 4291, 2.5.4), and its zone; for IPv4 the address, also when it is IPv4-mapped.
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:([0-9.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [digits, zone = ''] = address.split('%');
  const [head, tail] = digits!.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const groups = tail ? [...head!, ...Array<string>(8 - head!.length - tail.length).fill('0'), ...tail] : head!;
  const network = groups.slice(0, 4).map((group) => parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64${zone && `%${zone}`}`;
}
