// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { constants, generateKeyPairSync, privateEncrypt } from 'node:crypto';
import forge from 'node-forge';
import type { TlsMaterial } from './material.js';

const { md, pki } = forge;
/** One key for all, because making a key takes long. */
const pair = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const key = Buffer.from(pair.privateKey);
/** What a signature of RSA and SHA-256 has before the hash (RFC 8017 9.2). */
const digestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex');
let serial = 1;

function certificate(subject: string, issuer: string, extensions: object[]): Buffer {
  const made = pki.createCertificate();
  made.publicKey = pki.publicKeyFromPem(pair.publicKey);
  made.serialNumber = String(serial++).padStart(2, '0');
  made.validity.notBefore = new Date(Date.now() - 60 * 60 * 1_000);
  made.validity.notAfter = new Date(Date.now() + 24 * 60 * 60 * 1_000);
  made.setSubject([{ name: 'commonName', value: subject }]);
  made.setIssuer([{ name: 'commonName', value: issuer }]);
  made.setExtensions(extensions);
  // The arithmetic of node-forge would take a hundred times as long.
  const sign = (hash: forge.md.MessageDigest): string =>
    privateEncrypt(
      { key, padding: constants.RSA_PKCS1_PADDING },
      Buffer.concat([digestInfo, Buffer.from(hash.digest().getBytes(), 'binary')]),
    ).toString('binary');
  made.sign({ sign } as forge.pki.rsa.PrivateKey, md.sha256.create());
  return Buffer.from(pki.certificateToPem(made));
}

/** An authority that signs for a day; each certificate has its name and 127.0.0.1. */
export function testAuthority(name = 'Test') {
  const usage = { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true };
  const ca = certificate(name, name, [{ name: 'basicConstraints', cA: true, critical: true }, usage]);
  return {
    issue(machine: string): TlsMaterial {
      const altNames = [
        { type: 2, value: machine },
        { type: 7, ip: '127.0.0.1' },
      ];
      return { ca, cert: certificate(machine, name, [{ name: 'subjectAltName', altNames }]), key };
    },
  };
}
