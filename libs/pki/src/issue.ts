import { isIP } from 'node:net';
import { invalid, parseVmName } from '@givc/model';

/** What the owner of a certificate may be in a TLS connection (RFC 5280 4.2.1.12). */
export type KeyUsage = 'serverAuth' | 'clientAuth';

export interface IssueOptions {
  /** The name of the machine or the person: the common name and the first DNS name. */
  readonly name: string;
  /** IPv4 and IPv6 addresses from which its owner may call. */
  readonly addresses: readonly string[];
  /** How long it is valid from `notBefore` on; 365 by default. */
  readonly days?: number;
  /** An hour ago by default, because clocks differ. */
  readonly notBefore?: Date;
  /** Both by default. */
  readonly usages?: readonly KeyUsage[];
}

/** A certificate and its private key (PKCS #8), both as PEM. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

const day = 24 * 60 * 60 * 1000;
const hour = 60 * 60 * 1000;

/** The first and the last moment of a validity, by default from an hour ago. */
export function validity(days: number, notBefore = new Date(Date.now() - hour)): { notBefore: Date; notAfter: Date } {
  if (!(days > 0)) throw invalid('days', `${days} is no number of days above 0`);
  return { notBefore, notAfter: new Date(notBefore.getTime() + days * day) };
}

/** The subject alternative names in node-forge's form, the DNS name first; INVALID_ARGUMENT for what is no name or address. */
export function alternativeNames(name: string, addresses: readonly string[]): Record<string, unknown>[] {
  const dnsName = { type: 2, value: parseVmName('name', name) };
  return [
    dnsName,
    ...addresses.map((ip) => {
      if (isIP(ip) === 0) throw invalid('addresses', `${JSON.stringify(ip)} is no IP address`);
      return { type: 7, ip };
    }),
  ];
}
