import type { PeerCertificate } from 'node:tls';

/** The part of a call that says who made it. */
export interface PeerOfCall {
  getAuthContext(): { readonly sslPeerCertificate?: PeerCertificate | undefined };
  /** `ADDRESS:PORT`, or `unknown` where the transport has no addresses. */
  getPeer(): string;
}

/**
 * Who is counted as one by a certificate: its first DNS name, so that a machine with several certificates is one; the
 * certificate itself when it has none.
 */
export const certificateKey = ({ subjectaltname = '', fingerprint256 }: PeerCertificate): string =>
  /(?:^|, )DNS:([^,]+)/.exec(subjectaltname)?.[1] ?? fingerprint256;

const keys = new WeakMap<PeerCertificate, string>();

/** Who is counted as one by calls: a certificate's, else the address. */
export function peerKey(call: PeerOfCall): string {
  const certificate = call.getAuthContext().sslPeerCertificate;
  if (!certificate) return call.getPeer().replace(/:[0-9]+$/, '');
  let key = keys.get(certificate);
  if (key === undefined) keys.set(certificate, (key = certificateKey(certificate)));
  return key;
}
