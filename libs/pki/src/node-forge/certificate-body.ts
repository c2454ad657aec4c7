// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import forge from 'node-forge';
import { children, fromDer, position, type Node } from './der.js';

/** What a certificate says (RFC 5280 4.1), all but its signature. */
export interface CertificateBody {
  /** A positive number in hexadecimal. */
  readonly serialNumber: string;
  /** The AlgorithmIdentifier of the issuer's signature. */
  readonly signatureAlgorithm: Node;
  /** The name of the issuer as it stands in its own certificate; undefined in a self-signed certificate. */
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

// Types 1.3.14 ask for the class of a tag where node-forge takes its type.
const utf8 = forge.asn1.Type.UTF8 as unknown as forge.asn1.Class;

const commonName = (value: string): forge.pki.CertificateField[] => [
  { name: 'commonName', value, valueTagClass: utf8 },
];

/**
 * The TBSCertificate of a certificate. node-forge (1.4.3) writes certificates of RSA keys alone, and in the algorithms
 * of those: so it is given an RSA key that does not exist, and the real key, algorithm and issuer then take their
 * places. certificate-body.spec.ts fails when node-forge reads the other keys, so that they can be given to it, and
 * when a place moves.
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
