// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid, parseVmName } from '@givc/model';
import { parseAddress } from './address.js';
import { type KeyType } from './key-type.js';
import { day, hour } from './time.js';

/** The roles of a certificate in TLS connections (RFC 5280 4.2.1.12). */
export type KeyUsage = 'serverAuth' | 'clientAuth';

export interface IssueOptions {
  /** The name of the machine or the person: the common name and the first DNS name. */
  readonly name: string;
  /** IPv4 and IPv6 addresses from which it may be used for calls. */
  readonly addresses: readonly string[];
  /** The number of days for which it is valid from `notBefore` on; 365 by default. */
  readonly days?: number;
  /** The begin of its validity; by default an hour ago, because clocks differ. */
  readonly notBefore?: Date;
  /** Both by default. */
  readonly usages?: readonly KeyUsage[];
  /** `p256` by default. */
  readonly keyType?: KeyType;
}

/** A certificate and its private key (PKCS #8), both as PEM. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

// RFC 5280 4.1.2.5
const endOfTime = Date.UTC(10000, 0, 1);

/** The first and the last moment of a validity, in whole seconds. */
export function validity(days: number, notBefore = new Date(Date.now() - hour)): { notBefore: Date; notAfter: Date } {
  if (!(days > 0)) throw invalid('days', `invalid days ${days}: expected a number above 0`);
  const seconds = (time: number): Date => new Date(Math.floor(time / 1000) * 1000);
  const notAfter = notBefore.getTime() + days * day;
  if (!(notAfter < endOfTime)) throw invalid('days', `${days} days end after the year 9999`);
  return { notBefore: seconds(notBefore.getTime()), notAfter: seconds(notAfter) };
}

/**
 * The subject alternative names in node-forge's form, the DNS name first; INVALID_ARGUMENT for a value that is neither
 * a name nor an address.
 */
export function alternativeNames(name: string, addresses: readonly string[]): Record<string, unknown>[] {
  const dnsName = { type: 2, value: parseVmName('name', name) };
  return [dnsName, ...addresses.map((ip) => ({ type: 7, ip: parseAddress('addresses', ip) }))];
}
