import { BlockList, isIP } from 'node:net';
import type { PeerCertificate } from 'node:tls';
import type { VmName } from '@givc/model';

/** Who is at the other end of a TLS connection, by its certificate. */
export interface Peer {
  /** The certificate's first DNS name (RFC 5280, 4.2.1.6); undefined when it has none. */
  readonly name: VmName | undefined;
  /** Whether the certificate names this IP address; an IPv4-mapped IPv6 address counts as the IPv4 address. */
  hasAddress(ip: string): boolean;
}

const family = (ip: string): 'ipv4' | 'ipv6' => (isIP(ip) === 6 ? 'ipv6' : 'ipv4');

function parsePeer(certificate: PeerCertificate): Peer {
  const addresses = new BlockList();
  let name: VmName | undefined;
  for (const entry of (certificate.subjectaltname ?? '').split(', ')) {
    if (entry.startsWith('DNS:')) name ??= entry.slice('DNS:'.length) as VmName;
    const ip = entry.startsWith('IP Address:') ? entry.slice('IP Address:'.length) : '';
    if (isIP(ip)) addresses.addAddress(ip, family(ip));
  }
  return { name, hasAddress: (ip) => isIP(ip) !== 0 && addresses.check(ip, family(ip)) };
}

const peers = new WeakMap<PeerCertificate, Peer>();

/** Parsed once for each connection, which hands out one certificate object. */
export function peerOfCertificate(certificate: PeerCertificate): Peer {
  let peer = peers.get(certificate);
  if (!peer) peers.set(certificate, (peer = parsePeer(certificate)));
  return peer;
}
