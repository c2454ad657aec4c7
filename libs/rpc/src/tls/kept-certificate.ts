// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { TLSSocket, type PeerCertificate } from 'node:tls';

/**
 * Makes a socket decode the certificate of its peer once, which never changes. Without this, each call would decode it
 * again; and Node (20) decodes the whole chain before `checkServerIdentity`, unless this is called before that.
 */
export function keepCertificate(socket: TLSSocket): void {
  let kept: PeerCertificate | undefined;
  const get = (): PeerCertificate => {
    if (kept) return kept;
    const certificate = TLSSocket.prototype.getPeerCertificate.call(socket);
    // Without content before the handshake and after the end.
    if (certificate?.raw) kept = certificate;
    return certificate;
  };
  Object.defineProperty(socket, 'getPeerCertificate', { value: get });
}
