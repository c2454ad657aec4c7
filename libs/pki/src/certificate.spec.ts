// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync, type X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { parseAddress } from './address.js';
import { createAuthority } from './authority.js';
import { factsOf, isIssuedBy, parseCertificates } from './certificate.js';
import { keyIdentifier } from './x509.js';

const authority = createAuthority({ name: 'Test' });
const parse = (pem: string): X509Certificate => parseCertificates(pem)![0];

const vmName = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,30}[A-Za-z0-9])?$/);

describe('a certificate', () => {
  it('is not parsed when its key cannot be decoded', () => {
    const { raw } = parse(authority.issue({ name: 'net-vm', addresses: [] }).certificate);
    const damaged = Buffer.from(raw);
    // The object identifier of the curve P-256.
    damaged[raw.indexOf(Buffer.from('06082a8648ce3d030107', 'hex')) + 9] = 0x70;
    const pem = `-----BEGIN CERTIFICATE-----\n${damaged.toString('base64')}\n-----END CERTIFICATE-----\n`;
    expect(parseCertificates(pem)).toBeUndefined();
  });

  it('contains the name and the addresses that it was issued for, whatever they are', () => {
    fc.assert(
      fc.property(vmName, fc.array(fc.oneof(fc.ipV4(), fc.ipV6()), { maxLength: 4 }), (name, addresses) => {
        const facts = factsOf(parse(authority.issue({ name, addresses }).certificate));
        expect(facts.dnsNames).toEqual([name]);
        expect(facts.subject).toBe(`CN=${name}`);
        expect(facts.addresses).toEqual(addresses.map((address) => parseAddress('ip', address)));
      }),
      { numRuns: 50 },
    );
  });

  it('contains its issuer, its usages, and its dates to the second', () => {
    const notBefore = new Date('2049-06-01T12:34:56.789Z');
    const { certificate } = authority.issue({ name: 'a', addresses: [], notBefore: new Date(), days: 1 });
    expect(factsOf(parse(certificate))).toMatchObject({
      issuer: 'CN=Test',
      keyType: 'p256',
      authority: false,
      keyUsages: ['digitalSignature'],
      extendedKeyUsages: ['serverAuth', 'clientAuth'],
    });
    const later = createAuthority({ notBefore, days: 366 });
    expect(factsOf(parse(later.certificate))).toMatchObject({
      authority: true,
      keyUsages: ['keyCertSign', 'cRLSign'],
      extendedKeyUsages: undefined,
      notBefore: new Date('2049-06-01T12:34:56Z'),
      notAfter: new Date('2050-06-02T12:34:56Z'),
    });
  });

  it('has dates before 2050 as UTCTime and others as GeneralizedTime (RFC 5280 4.1.2.5)', () => {
    const { certificate } = createAuthority({ notBefore: new Date('2049-06-01T00:00:00Z'), days: 366 });
    const { stdout } = spawnSync('openssl', ['asn1parse'], { input: certificate, encoding: 'utf8' });
    expect(stdout).toMatch(/UTCTIME +:490601000000Z\n.*GENERALIZEDTIME +:20500602000000Z\n/);
  });

  it('is read from a text with several certificates, unless one of them is incomplete', () => {
    const [one, other] = [createAuthority(), createAuthority()].map(({ certificate }) => certificate) as [
      string,
      string,
    ];
    expect(parseCertificates(`# old\n${one}\n# new\n${other}`)?.map(String)).toEqual([one, other]);
    const cut = other.slice(0, other.indexOf('-----END'));
    for (const text of [
      one + cut,
      cut + one,
      `${one}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
      '',
    ])
      expect(parseCertificates(text)).toBeUndefined();
  });

  it('is distinguished from one with the same name, whatever the keys', () => {
    const own = parse(authority.issue({ name: 'a', addresses: [] }).certificate);
    expect(isIssuedBy(own, parse(authority.certificate))).toBe(true);
    for (const keyType of ['p256', 'ed25519'] as const)
      expect(isIssuedBy(own, parse(createAuthority({ name: 'Test', keyType }).certificate))).toBe(false);
    expect(isIssuedBy(own, own)).toBe(false);
  });

  it('is read together with the others of its text, or not at all', () => {
    const { certificate } = authority.issue({ name: 'a', addresses: [] });
    expect(parseCertificates(`some words\n${certificate}${authority.certificate}`)).toHaveLength(2);
    expect(parseCertificates('')).toBeUndefined();
    expect(parseCertificates(certificate.replace('MII', 'AAA'))).toBeUndefined();
  });
});

describe('the identifier of a key', () => {
  it('is the hash of the key even when the key looks like DER', () => {
    for (;;) {
      const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
      const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
      // An OCTET STRING with the length of the remaining bytes.
      if (point[1] !== point.length - 2) continue;
      const hash = createHash('sha256').update(point).digest('hex').slice(0, 40);
      expect(Buffer.from(keyIdentifier(publicKey), 'binary').toString('hex')).toBe(hash);
      return;
    }
  });
});
