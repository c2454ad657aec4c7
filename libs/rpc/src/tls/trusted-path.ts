// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { X509Certificate } from 'node:crypto';
import { TLSSocket, type DetailedPeerCertificate } from 'node:tls';

const pemBegin = /-----BEGIN CERTIFICATE-----/g;
const pemBlock = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * Every certificate of a PEM text, in its order. Throws when one of them is damaged: OpenSSL reads up to that one, and
 * silently ignores the rest (PEM_read_bio_X509 in crypto_context.cc of Node).
 */
export function parsePemCertificates(pem: Buffer): readonly X509Certificate[] {
  const text = pem.toString('latin1');
  const blocks = text.match(pemBlock) ?? [];
  if (blocks.length !== (text.match(pemBegin) ?? []).length) throw new Error('its end is missing');
  return blocks.map((block) => new X509Certificate(block));
}

/** Whether `issuer` may sign certificates and has signed this one; dates are not checked. */
const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

/**
 * The certificates by which a peer was verified in its handshake: its own first, the trusted authority last; empty once
 * the connection is closed.
 */
export function verifiedPath(socket: TLSSocket): readonly X509Certificate[] {
  const path: X509Certificate[] = [];
  // The socket's own method may return a cached result without the issuers.
  const detailed = TLSSocket.prototype.getPeerCertificate.call(socket, true) as DetailedPeerCertificate | null;
  for (let one = detailed ?? undefined; one?.raw; one = one.issuerCertificate) {
    path.push(new X509Certificate(one.raw));
    if (one.issuerCertificate === one) break;
  }
  return path;
}

/**
 * Whether a path that was verified once still leads to one of these authorities, which are self-signed like all roots.
 */
export const isTrusted = (path: readonly X509Certificate[], authorities: readonly X509Certificate[]): boolean =>
  authorities.some((root) => isIssuedBy(root, root) && path.some((certificate) => isIssuedBy(certificate, root)));
