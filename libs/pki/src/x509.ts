// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createHash, createPublicKey, randomBytes, type KeyObject } from 'node:crypto';
import { signatureAlgorithm, signWith } from './key-type.js';
import { encodeBody, type CertificateBody } from './node-forge/certificate-body.js';
import { algorithmIdentifier, bitString, children, fromDer, sequence, toDer, type Node } from './node-forge/der.js';

/** One certificate before it is signed. */
export interface CertificateFields extends Pick<CertificateBody, 'subject' | 'notBefore' | 'notAfter' | 'extensions'> {
  /** Like in `CertificateBody`. */
  readonly issuer?: Node;
  readonly publicKey: KeyObject;
}

const publicKeyDer = (key: KeyObject): Buffer =>
  (key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'der' });

/** A positive number of 127 random bits in hexadecimal, encoded in 16 bytes (RFC 5280 4.1.2.2 allows 20). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes.toString('hex');
}

/** The key identifier of RFC 7093 2, method 1, as a binary string. */
export function keyIdentifier(key: KeyObject): string {
  const bits = Buffer.from(children(fromDer(publicKeyDer(key)))[1]!.value as string, 'binary').subarray(1);
  return createHash('sha256').update(bits).digest().subarray(0, 20).toString('binary');
}

/** Encodes the certificate and signs it with the issuer's key; returns PEM. */
export function signCertificate(fields: CertificateFields, issuerKey: KeyObject): string {
  const { oid, parameters } = signatureAlgorithm(issuerKey);
  const body = encodeBody({
    ...fields,
    issuer: fields.issuer,
    serialNumber: serialNumber(),
    signatureAlgorithm: algorithmIdentifier(oid, parameters),
    publicKey: publicKeyDer(fields.publicKey),
  });
  const signature = bitString(signWith(issuerKey, toDer(body)));
  const lines = toDer(sequence([body, algorithmIdentifier(oid, parameters), signature]))
    .toString('base64')
    .match(/.{1,64}/g)!;
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
