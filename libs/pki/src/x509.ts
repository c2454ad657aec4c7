// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createHash, createPublicKey, randomBytes, type KeyObject } from 'node:crypto';
import forge from 'node-forge';
import { algorithmIdentifier, bitString, children, fromDer, position, sequence, toDer, type Node } from './der.js';
import { signatureAlgorithm, signWith } from './key-type.js';

// Only its place in the tree is used.
const anyOid = '1.2.840.10045.4.3.2';

/** One certificate before it is signed; the subject is a common name, extensions are node-forge's. */
export interface CertificateFields {
  readonly subject: string;
  /** The name of the issuer as it stands in its own certificate; undefined in a self-signed certificate. */
  readonly issuer?: Node;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Record<string, unknown>[];
}

const publicKeyDer = (key: KeyObject): Buffer =>
  (key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'der' });

const commonName = (value: string): forge.pki.CertificateField[] => [
  { name: 'commonName', value, valueTagClass: forge.asn1.Type.UTF8 as unknown as forge.asn1.Class },
];

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

/**
 * Encodes the certificate and signs it in the way of the issuer's key; returns PEM.
 *
 * node-forge knows RSA only: the certificate is built around an RSA key that does not exist, and the real key, issuer
 * and algorithm take their places in the tree before the signature is made.
 */
export function signCertificate(fields: CertificateFields, issuerKey: KeyObject): string {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(new forge.jsbn.BigInteger('3'), new forge.jsbn.BigInteger('3'));
  certificate.serialNumber = serialNumber();
  certificate.validity.notBefore = fields.notBefore;
  certificate.validity.notAfter = fields.notAfter;
  certificate.setSubject(commonName(fields.subject));
  certificate.setIssuer(commonName(fields.subject));
  certificate.setExtensions([...fields.extensions]);
  certificate.signatureOid = certificate.siginfo.algorithmOid = anyOid;
  certificate.signature = '';

  const { oid, parameters } = signatureAlgorithm(issuerKey);
  const body = children(forge.pki.certificateToAsn1(certificate))[0]!;
  children(body)[position.signature] = algorithmIdentifier(oid, parameters);
  children(body)[position.subjectPublicKeyInfo] = fromDer(publicKeyDer(fields.publicKey));
  if (fields.issuer) children(body)[position.issuer] = fields.issuer;

  const signature = bitString(signWith(issuerKey, toDer(body)));
  const lines = toDer(sequence([body, algorithmIdentifier(oid, parameters), signature]))
    .toString('base64')
    .match(/.{1,64}/g)!;
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
