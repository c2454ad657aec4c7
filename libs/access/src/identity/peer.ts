// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { BlockList, isIP } from 'node:net';
import type { PeerCertificate } from 'node:tls';
import type { VmName } from '@givc/model';

/** The other end of a TLS connection, by its certificate. */
export interface Peer {
  /** The certificate's first DNS name (RFC 5280, 4.2.1.6); undefined when it has none. */
  readonly name: VmName | undefined;
  /** In hexadecimal, lower case, without leading zeros. */
  readonly serial: string;
  /** The begin of the certificate's validity, in milliseconds since 1970. */
  readonly notBefore: number;
  /** The end of its validity, in milliseconds since 1970. */
  readonly notAfter: number;
  /** Whether the certificate names this IP address; an IPv4-mapped IPv6 address counts as the IPv4 address. */
  hasAddress(ip: string): boolean;
  /** Whether this is one of its DNS names. */
  hasName(name: string): boolean;
}

/** The origin of a call. */
export interface Caller {
  /** Undefined when TLS is off. */
  readonly peer: Peer | undefined;
  /** The IP address, or `vsock:` and the CID; undefined where the transport has neither. */
  readonly address: string | undefined;
}

/** The part of a gRPC call that identifies its caller. */
export interface Call {
  getAuthContext(): { readonly sslPeerCertificate?: PeerCertificate };
  getPeer(): string;
}

const family = (ip: string): 'ipv4' | 'ipv6' => (isIP(ip) === 6 ? 'ipv6' : 'ipv4');

/** Makes `0A:1b` and `a1B` equal, because OpenSSL, Node and people write the same number differently. */
export const normalSerial = (hex: string): string =>
  hex
    .replaceAll(':', '')
    .toLowerCase()
    .replace(/^0+(?=.)/, '');

function parsePeer(certificate: PeerCertificate): Peer {
  const addresses = new BlockList();
  const names = new Set<string>();
  for (const entry of (certificate.subjectaltname ?? '').split(', ')) {
    if (entry.startsWith('DNS:')) names.add(entry.slice('DNS:'.length));
    const ip = entry.startsWith('IP Address:') ? entry.slice('IP Address:'.length) : '';
    if (isIP(ip)) addresses.addAddress(ip, family(ip));
  }
  const [name] = names;
  return {
    name: name as VmName | undefined,
    serial: normalSerial(certificate.serialNumber),
    notBefore: Date.parse(certificate.valid_from),
    notAfter: Date.parse(certificate.valid_to),
    hasAddress: (ip) => addresses.check(ip, family(ip)),
    hasName: (wanted) => names.has(wanted),
  };
}

const peers = new WeakMap<PeerCertificate, Peer>();

/** Parsed once for each connection, which provides one certificate object. */
export function peerOfCertificate(certificate: PeerCertificate): Peer {
  let peer = peers.get(certificate);
  if (!peer) peers.set(certificate, (peer = parsePeer(certificate)));
  return peer;
}

/**
 * The reason why the certificate of a connected peer is not valid any more, by the present clock; undefined while it
 * is.
 */
export const expiryOf = ({ notAfter }: Peer): string | undefined =>
  notAfter < Date.now() ? `the certificate of the caller expired on ${new Date(notAfter).toISOString()}` : undefined;

/**
 * The address of `ADDRESS:PORT`, of an IP address without the zone that it has on this machine; undefined where the
 * transport has none.
 */
const ipOf = (peer: string): string | undefined =>
  peer === 'unknown' ? undefined : peer.replace(/(%[^:]*)?:[0-9]+$/, '');

/** No certificate names a CID, so the caller is identified by the name in its certificate alone. */
export const isOfVsock = (address: string): boolean => address.startsWith('vsock:');

/** The key by which a caller is counted: the name in its certificate, else its address. */
export const callerKey = ({ peer, address }: Caller): string => peer?.name ?? address ?? '';

/**
 * The caller of a call, fixed when its stream opened. TLS has verified the certificate, but the rules have not been
 * evaluated yet.
 */
export function callerOf(call: Call): Caller {
  const { sslPeerCertificate: certificate } = call.getAuthContext();
  return { peer: certificate && peerOfCertificate(certificate), address: ipOf(call.getPeer()) };
}
