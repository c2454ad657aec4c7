// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { parseAddress } from './address.js';
import { extensionOf } from './node-forge/der.js';
import { describeKey } from './key-type.js';

/** The contents of a certificate, in the terms of RFC 5280. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** In their order; the first is the name of the machine. */
  readonly dnsNames: readonly string[];
  /** In the normal form of `parseAddress`. */
  readonly addresses: readonly string[];
  /** Hexadecimal. */
  readonly serial: string;
  /** One of `keyTypes`, or a description of another type. */
  readonly keyType: string;
  readonly authority: boolean;
  /** Undefined when the certificate does not limit them. */
  readonly keyUsages: readonly string[] | undefined;
  readonly extendedKeyUsages: readonly string[] | undefined;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SHA-256 of the DER, in pairs of hexadecimal digits with colons between them. */
  readonly fingerprint: string;
}

const keyUsageOid = '2.5.29.15';
const keyUsageNames = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
];
const purposes = new Map([
  ['1.3.6.1.5.5.7.3.1', 'serverAuth'],
  ['1.3.6.1.5.5.7.3.2', 'clientAuth'],
]);

const pemBegin = /-----BEGIN CERTIFICATE-----/g;
const pemBlock = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
const alternativeName = /(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g;

/** All certificates of a text in PEM, in order; undefined when there is none, or one that cannot be parsed. */
export function parseCertificates(pem: string): [X509Certificate, ...X509Certificate[]] | undefined {
  const blocks = pem.match(pemBlock) ?? [];
  // OpenSSL silently reads a file only up to the first incomplete certificate.
  if (blocks.length !== pem.match(pemBegin)?.length) return undefined;
  try {
    const [first, ...others] = blocks.map((block) => new X509Certificate(block));
    // Node parses some parts on access, and only then detects damage.
    for (const certificate of first ? [first, ...others] : []) factsOf(certificate);
    return first && [first, ...others];
  } catch {
    return undefined;
  }
}

/** Whether `authority` may sign certificates and has signed this one; dates are not verified. */
export const isIssuedBy = (certificate: X509Certificate, authority: X509Certificate): boolean =>
  authority.ca && certificate.checkIssued(authority) && certificate.verify(authority.publicKey);

const oneLine = (name: string | undefined): string => (name ?? '').replaceAll('\n', ', ');

/** Node quotes ambiguous values (https://nodejs.org/api/crypto.html#x509subjectaltname). */
const alternativeNames = ({ subjectAltName = '' }: X509Certificate): [kind: string, value: string][] =>
  [...subjectAltName.matchAll(alternativeName)].map(([, kind = '', value = '']) => [
    kind,
    value.startsWith('"') ? String(JSON.parse(value)) : value,
  ]);

function keyUsages({ raw }: X509Certificate): string[] | undefined {
  const bits = extensionOf(raw, keyUsageOid);
  if (bits === undefined) return undefined;
  const bytes = Buffer.from(bits, 'binary').subarray(1);
  return keyUsageNames.filter((_, at) => ((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
}

export function factsOf(certificate: X509Certificate): CertificateFacts {
  const names = alternativeNames(certificate);
  const of = (wanted: string) => names.filter(([kind]) => kind === wanted).map(([, value]) => value);
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    dnsNames: of('DNS'),
    addresses: of('IP Address')
      .filter((address) => isIP(address))
      .map((address) => parseAddress('IP Address', address)),
    serial: certificate.serialNumber.toLowerCase(),
    keyType: describeKey(certificate.publicKey),
    authority: certificate.ca,
    keyUsages: keyUsages(certificate),
    extendedKeyUsages: certificate.keyUsage?.map((oid) => purposes.get(oid) ?? oid),
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
    fingerprint: certificate.fingerprint256,
  };
}
