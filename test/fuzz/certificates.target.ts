// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { PeerCertificate } from 'node:tls';
import fc from 'fast-check';
import { peerOfCertificate } from '@givc/access';
import { factsOf, parseCertificates, parseCommonName, parseImageSize, parseKeyType } from '@givc/pki';
import { parsePemCertificates } from '../../libs/rpc/src/tls/trusted-path.js';
import { parsePrivateKey } from '../../libs/pki/src/read-pem.js';
import { requirePlain } from './engine/requirements.js';
import { target } from './engine/target.js';
import { bytesLike, texts } from './engine/texts.js';

const pem = readFileSync('test/fuzz/seeds/certificate.pem', 'utf8');
const authority = readFileSync('test/fuzz/seeds/authority.pem', 'utf8');
const keyPem = `-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEI${'A'.repeat(43)}\n-----END PRIVATE KEY-----\n`;
const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
const asPem = (bytes: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64')}\n-----END CERTIFICATE-----\n`;

export const trustedCertificates = target({
  ...{
    name: 'trusted-certificates',
    parses: 'parsePemCertificates of libs/rpc: an authority, a certificate and its chain',
  },
  input: fc.oneof(
    texts([pem, pem + authority], ['-----BEGIN CERTIFICATE-----', '-----', '\n']),
    bytesLike([der]).map(asPem),
  ),
  rejection: 'never',
  outputMax: Infinity,
  pump: { seeds: [pem, '-----BEGIN CERTIFICATE-----'], input: (text) => text },
  parse: (text) => {
    try {
      return parsePemCertificates(Buffer.from(text));
    } catch {
      // The error of OpenSSL is dropped, because callers name the damaged file.
      return [];
    }
  },
  accepted: (all, text) => {
    assert(all.length <= text.split('-----BEGIN CERTIFICATE-----').length - 1, 'there are more than the text has');
    for (const { raw } of all) assert.match(raw.toString('hex'), /^30/);
  },
});

export const certificateFiles = target({
  ...{
    name: 'certificate-files',
    parses: 'parseCertificates, factsOf and parsePrivateKey of libs/pki',
    rejection: 'never',
  },
  input: fc.oneof(
    texts([pem, pem + authority, keyPem, `${pem}\r\n${pem}`], ['-----BEGIN CERTIFICATE-----', '-----', '\n']),
    bytesLike([der], ['DNS:', '*.', '\0']).map(asPem),
  ),
  outputMax: Infinity,
  pump: { seeds: [pem, '-----BEGIN CERTIFICATE-----'], input: (text) => text },
  parse: (text) => ({ facts: parseCertificates(text)?.map(factsOf), key: parsePrivateKey(text) !== undefined }),
  accepted: ({ facts = [] }) => {
    for (const { addresses, serial, fingerprint } of facts) {
      for (const address of addresses) assert(isIP(address) !== 0, address);
      assert.match(serial, /^-?[0-9a-f]*$/);
      assert.match(fingerprint, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    }
  },
});

const names = [
  'DNS:net-vm, IP Address:192.168.100.3',
  'DNS:"a, DNS:b", DNS:c',
  'IP Address:FD00:0:0:0:0:0:0:3',
  'URI:x, DNS:y',
];

export const peerCertificates = target({
  ...{ name: 'peer-certificates', parses: 'peerOfCertificate of libs/access: who a peer is', rejection: 'never' },
  input: fc.record({
    subjectaltname: texts(names, ['DNS:', 'IP Address:', ', ', '"']),
    serialNumber: texts(['0A1B', '00ff', '-1']),
  }),
  pump: { seeds: names, input: (subjectaltname) => ({ subjectaltname, serialNumber: '1' }) },
  parse: (made) => peerOfCertificate({ ...made, valid_from: 'x', valid_to: 'y' } as unknown as PeerCertificate),
  accepted: (peer, { subjectaltname }) => {
    const listed = subjectaltname.split(', ').filter((entry) => entry.startsWith('DNS:'));
    assert.equal(peer.name, listed[0]?.slice(4));
    if (peer.name !== undefined) assert(peer.hasName(peer.name));
    for (const address of ['127.0.0.1', '10.9.8.7', '::1'])
      if (peer.hasAddress(address)) assert(subjectaltname.includes('IP Address:'), `${address} is not in it`);
  },
});

export const certificateOptions = target({
  ...{ name: 'certificate-options', parses: 'parseCommonName, parseKeyType and parseImageSize of libs/pki' },
  input: texts(['GIVC', 'p256', 'rsa', 'ed25519', '1M', '1024K', '262144', '64M'], ['K', 'M', '1048576']),
  pump: { seeds: ['1M', 'GIVC'], input: (text) => text },
  parse: (text) => ({
    name: parseCommonName('--name', text),
    type: /^[a-z]/.test(text) ? parseKeyType('--key-type', text) : undefined,
    size: /^\d/.test(text) ? parseImageSize('--image-size', text) : undefined,
  }),
  accepted: ({ name, type, size }) => {
    assert(name.length >= 1 && name.length <= 64);
    requirePlain(name.replace(/[\p{Bidi_Control}\p{Cs}\u2028\u2029]/gu, ''));
    if (type !== undefined) assert(['p256', 'rsa', 'ed25519'].includes(type));
    if (size !== undefined) assert(size >= 256 * 1024 && size <= 64 * 1024 * 1024 && size % 1024 === 0, `size ${size}`);
  },
});
