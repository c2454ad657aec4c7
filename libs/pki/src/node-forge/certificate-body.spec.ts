// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { X509Certificate, generateKeyPairSync, sign } from 'node:crypto';
import forge from 'node-forge';
import { encodeBody } from './certificate-body.js';
import { algorithmIdentifier, bitString, bodyOf, children, position, sequence, toDer } from './der.js';

const keyPairs = [
  ['P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ['Ed25519', generateKeyPairSync('ed25519')],
] as const;
const ed25519 = '1.3.101.112';

describe('the body of a certificate', () => {
  const { publicKey, privateKey } = keyPairs[1][1];
  const fields = {
    serialNumber: '41',
    signatureAlgorithm: algorithmIdentifier(ed25519, 'absent'),
    ...{ notBefore: new Date('2026-01-02T03:04:05Z'), notAfter: new Date('2056-01-02T03:04:05Z') },
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    extensions: [{ name: 'basicConstraints', critical: true, cA: true }],
  };
  const certificateOf = (subject: string, issuer?: X509Certificate): X509Certificate => {
    const name = issuer && children(bodyOf(issuer.raw))[position.subject];
    const body = encodeBody({ ...fields, subject, issuer: name });
    const signature = bitString(sign(null, toDer(body), privateKey));
    return new X509Certificate(toDer(sequence([body, algorithmIdentifier(ed25519, 'absent'), signature])));
  };

  it('contains the given values at the positions of RFC 5280, and nothing of the placeholder key', () => {
    const root = certificateOf('root');
    const leaf = certificateOf('leaf', root);
    expect([root, leaf].map(({ subject, issuer }) => [subject, issuer])).toEqual([
      ['CN=root', 'CN=root'],
      ['CN=leaf', 'CN=root'],
    ]);
    expect(leaf).toMatchObject({ serialNumber: '41', ca: true });
    expect([leaf.validFrom, leaf.validTo]).toEqual(['Jan  2 03:04:05 2026 GMT', 'Jan  2 03:04:05 2056 GMT']);
    expect(leaf.publicKey.equals(publicKey)).toBe(true);
    expect(leaf.verify(root.publicKey)).toBe(true);
    const rsa = Buffer.from(forge.asn1.oidToDer(forge.pki.oids['rsaEncryption']!).getBytes(), 'binary');
    const sha256 = Buffer.from(forge.asn1.oidToDer(forge.pki.oids['sha256WithRSAEncryption']!).getBytes(), 'binary');
    expect([rsa, sha256].map((oid) => leaf.raw.includes(oid))).toEqual([false, false]);
  });

  it.each(keyPairs)('still cannot be written by node-forge alone for a key on %s', (_, pair) => {
    const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(() => forge.pki.publicKeyFromPem(pem)).toThrow('Cannot read public key');
  });
});
