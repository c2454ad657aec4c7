// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { PeerCertificate } from 'node:tls';
import { callerOf, normalSerial, peerOfCertificate, type Call } from './peer.js';

/** A certificate in the form of Node (`tls.TLSSocket.getPeerCertificate`). */
const certificate = (subjectaltname: string | undefined, more: Partial<PeerCertificate> = {}) =>
  ({ subjectaltname, serialNumber: '0A1B2C', valid_from: 'Nov 24 08:00:00 2026 GMT', ...more }) as PeerCertificate;

const peer = (subjectaltname: string | undefined) => peerOfCertificate(certificate(subjectaltname));

describe('the peer of a certificate', () => {
  it('has the first DNS name, the serial number in its normal form, and the begin and the end of the certificate', () => {
    const valid_to = 'Nov 24 08:00:00 2027 GMT';
    expect(
      peerOfCertificate(certificate('IP Address:127.0.0.1, DNS:net-vm, DNS:net.ghaf', { valid_to })),
    ).toMatchObject({
      name: 'net-vm',
      serial: 'a1b2c',
      notBefore: Date.UTC(2026, 10, 24, 8),
      notAfter: Date.UTC(2027, 10, 24, 8),
    });
  });

  it.each([undefined, '', 'IP Address:127.0.0.1', 'URI:http://net-vm, email:DNS@net-vm'])(
    'has no name without a DNS name: %j',
    (subjectaltname) => {
      expect(peer(subjectaltname).name).toBeUndefined();
    },
  );

  it('has exactly the DNS names of the certificate', () => {
    const { hasName } = peer('DNS:net-vm, DNS:net.ghaf, URI:gui-vm');
    expect(['net-vm', 'net.ghaf', 'gui-vm', 'net', ''].map(hasName)).toEqual([true, true, false, false, false]);
  });

  it.each<[names: string, has: string[], hasNot: string[]]>([
    ['IP Address:10.0.0.1', ['10.0.0.1', '::ffff:10.0.0.1', '::ffff:a00:1'], ['10.0.0.2', '::ffff:10.0.0.2', '::1']],
    ['IP Address:0:0:0:0:0:FFFF:A00:1', ['10.0.0.1', '::ffff:10.0.0.1'], ['10.0.0.2', '::a00:1', '::10.0.0.1']],
    ['IP Address:FD00:0:0:0:0:0:0:1', ['fd00::1', 'fd00:0::0:1'], ['fd00::2', '::ffff:10.0.0.1', '0.0.0.1']],
    ['IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1', ['127.0.0.1', '::1'], ['::', '0.0.0.0', '127.0.0.2']],
    ['DNS:10.0.0.1, URI:10.0.0.1', [], ['10.0.0.1', '::ffff:10.0.0.1']],
  ])('includes the IPv4-mapped addresses (RFC 4291, 2.5.5.2) of its IPv4 addresses: %s', (names, has, hasNot) => {
    const { hasAddress } = peer(`DNS:net-vm, ${names}`);
    expect(has.filter((ip) => !hasAddress(ip))).toEqual([]);
    expect(hasNot.filter(hasAddress)).toEqual([]);
  });

  it.each(['', 'unknown', 'net-vm', '10.0.0.1:5000', '10.0.0'])('ignores invalid addresses: %j', (ip) => {
    expect(peer('DNS:net-vm, IP Address:10.0.0.1, IP Address:nonsense').hasAddress(ip)).toBe(false);
  });

  it('gains no name by one that looks like a list of names, whose commas Node escapes', () => {
    const { hasAddress, hasName } = peer('DNS:"a\\u002c IP Address:10.0.0.1\\u002c DNS:admin-vm\\u002c x", DNS:b');
    expect([hasAddress('10.0.0.1'), hasName('admin-vm'), hasName('b')]).toEqual([false, false, true]);
  });

  it('is parsed once for each certificate', () => {
    const one = certificate('DNS:net-vm');
    expect(peerOfCertificate(one)).toBe(peerOfCertificate(one));
    expect(peerOfCertificate(one)).not.toBe(peerOfCertificate(certificate('DNS:net-vm')));
  });
});

describe('a serial number', () => {
  it.each([
    ['0A:1b:2C', 'a1b2c'],
    ['000A1B2C', 'a1b2c'],
    ['0', '0'],
    ['00:00', '0'],
    ['10', '10'],
  ])('is normalized from %s to %s', (written, normal) => {
    expect(normalSerial(written)).toBe(normal);
  });
});

describe('the caller of a call', () => {
  const call = (peerName: string, sslPeerCertificate?: PeerCertificate): Call => ({
    getAuthContext: () => (sslPeerCertificate ? { sslPeerCertificate } : {}),
    getPeer: () => peerName,
  });

  it('has the certificate of its connection and the address without the port', () => {
    const shown = certificate('DNS:net-vm');
    expect(callerOf(call('10.0.0.1:5000', shown))).toEqual({ peer: peerOfCertificate(shown), address: '10.0.0.1' });
    expect(callerOf(call('::ffff:10.0.0.1:5000')).address).toBe('::ffff:10.0.0.1');
    expect(callerOf(call('fd00::1:5000')).address).toBe('fd00::1');
  });

  it('has neither certificate nor address without TLS on a unix socket', () => {
    expect(callerOf(call('unknown'))).toEqual({ peer: undefined, address: undefined });
  });
});
