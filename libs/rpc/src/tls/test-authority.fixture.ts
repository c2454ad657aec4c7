// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { generateKeyPairSync, sign } from 'node:crypto';
import forge from 'node-forge';
import type { TlsMaterial } from './material.js';

const { asn1, pki } = forge;
/** One key for all, because a key takes long to make. */
const pair = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const key = Buffer.from(pair.privateKey);
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
  // The arithmetic of node-forge takes a hundred times as long.
  const toSign = () => (made as unknown as { readonly tbsCertificate: forge.asn1.Asn1 }).tbsCertificate;
  const bytes = () => Buffer.from(asn1.toDer(toSign()).getBytes(), 'binary');
  const signer = { sign: () => sign('sha256', bytes(), key).toString('binary') };
  made.sign(signer as unknown as forge.pki.rsa.PrivateKey, forge.md.sha256.create());
  return Buffer.from(pki.certificateToPem(made));
}

/** An authority that signs for a day; each certificate carries its name and 127.0.0.1. */
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
