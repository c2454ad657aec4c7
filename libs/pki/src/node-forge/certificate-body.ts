// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import forge from 'node-forge';
import { children, fromDer, position, type Node } from './der.js';

/** The contents of a certificate (RFC 5280 4.1) without its signature. */
export interface CertificateBody {
  /** A positive number in hexadecimal. */
  readonly serialNumber: string;
  /** The AlgorithmIdentifier of the issuer's signature. */
  readonly signatureAlgorithm: Node;
  /** The name of the issuer, copied from its own certificate; undefined in a self-signed certificate. */
  readonly issuer: Node | undefined;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** A common name. */
  readonly subject: string;
  /** The SubjectPublicKeyInfo, in DER. */
  readonly publicKey: Buffer;
  /** In the form of node-forge. */
  readonly extensions: readonly Record<string, unknown>[];
}

// The types (1.3.14) require the class of a tag where node-forge expects its type.
const utf8 = forge.asn1.Type.UTF8 as unknown as forge.asn1.Class;

const commonName = (value: string): forge.pki.CertificateField[] => [
  { name: 'commonName', value, valueTagClass: utf8 },
];

/**
 * The TBSCertificate of a certificate. node-forge (1.4.3) writes only certificates of RSA keys, with RSA algorithms. So
 * it gets a placeholder RSA key, and the real key, algorithm and issuer are inserted afterwards.
 * certificate-body.spec.ts fails when node-forge supports the other keys, so that they can be passed to it, and when a
 * position changes.
 */
export function encodeBody(body: CertificateBody): Node {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(new forge.jsbn.BigInteger('3'), new forge.jsbn.BigInteger('3'));
  certificate.serialNumber = body.serialNumber;
  certificate.validity.notBefore = body.notBefore;
  certificate.validity.notAfter = body.notAfter;
  certificate.setSubject(commonName(body.subject));
  certificate.setIssuer(commonName(body.subject));
  certificate.setExtensions([...body.extensions]);
  certificate.signatureOid = certificate.siginfo.algorithmOid = forge.pki.oids['sha256WithRSAEncryption']!;
  certificate.signature = '';
  const encoded = children(forge.pki.certificateToAsn1(certificate))[0]!;
  const places = children(encoded);
  places[position.signature] = body.signatureAlgorithm;
  places[position.subjectPublicKeyInfo] = fromDer(body.publicKey);
  if (body.issuer) places[position.issuer] = body.issuer;
  return encoded;
}
