// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { BlockList, isIP } from 'node:net';
import { type Address, invalid, parseListenAddress, quoted } from '@givc/model';

/** The address at which metrics are served, within this machine. */
export type MetricsAddress = Extract<Address, { protocol: 'tcp' | 'unix' }>;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

const isLoopback = (host: string): boolean => {
  const version = isIP(host);
  return version !== 0 && loopback.check(host, version === 6 ? 'ipv6' : 'ipv4');
};

/**
 * Reads `127.0.0.1:PORT`, `[::1]:PORT` or `/path/of/a/socket`. INVALID_ARGUMENT for an address that another machine
 * could reach, and for names, which could resolve to one.
 */
export function parseMetricsAddress(field: string, value: string): MetricsAddress {
  const address = parseListenAddress(field, value);
  if (address.protocol === 'unix' || (address.protocol === 'tcp' && isLoopback(address.host))) return address;
  throw invalid(
    field,
    `invalid address ${quoted(value)}: expected 127.0.0.1:PORT, [::1]:PORT or /path/of/a/socket, ` +
      'as metrics are served without TLS',
  );
}
