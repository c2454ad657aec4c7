// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTlsMaterial, type TlsFiles } from './material.js';
import { testAuthority } from './test-authority.fixture.js';

const { ca, cert, key } = testAuthority().issue('net-vm');

describe('the TLS material of a machine', () => {
  let folder: string;
  let files: TlsFiles;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-'));
    files = { ca: join(folder, 'ca.pem'), cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
    writeFileSync(files.ca, ca);
    writeFileSync(files.cert, cert);
    writeFileSync(files.key, key);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const rejectsWith = (message: RegExp) =>
    expect(() => readTlsMaterial(files)).toThrow(
      expect.objectContaining({ reason: 'INVALID_ARGUMENT', message: expect.stringMatching(message) }) as Error,
    );

  it('is read unchanged from its three files', () => {
    expect(readTlsMaterial(files)).toEqual({ ca, cert, key });
  });

  it.each([
    ['ca', 'CA certificate'],
    ['cert', 'certificate'],
    ['key', 'private key'],
  ] as const)('names a missing file and its purpose: %s', (file, what) => {
    rmSync(files[file]);
    rejectsWith(new RegExp(`^cannot read the ${what} ${files[file]}: .*ENOENT`));
  });

  it.each([
    ['ca', 'CA certificate'],
    ['cert', 'certificate'],
  ] as const)('names a file that is not a certificate: %s', (file, what) => {
    writeFileSync(files[file], 'no PEM');
    rejectsWith(new RegExp(`^the ${what} ${files[file]} is not a PEM certificate$`));
  });

  it('may have several certificates of authorities, and names the file when one of them is damaged', () => {
    const several = Buffer.concat([testAuthority('Other').issue('net-vm').ca, ca]);
    writeFileSync(files.ca, several);
    expect(readTlsMaterial(files).ca).toEqual(several);
    for (const damaged of [
      several.subarray(0, -10),
      Buffer.concat([several, Buffer.from('-----BEGIN CERTIFICATE-----\n')]),
    ]) {
      writeFileSync(files.ca, damaged);
      rejectsWith(new RegExp(`^the CA certificate ${files.ca} has several certificates, of which one is damaged: `));
    }
  });

  const privateKey = (pair: { readonly privateKey: KeyObject }) =>
    pair.privateKey.export({ type: 'pkcs8', format: 'pem' });

  it.each([
    ['of another certificate', privateKey(generateKeyPairSync('rsa', { modulusLength: 2048 }))],
    ['of another type', privateKey(generateKeyPairSync('ed25519'))],
    ['that is damaged', 'no PEM'],
  ])('names a private key %s', (_, other) => {
    writeFileSync(files.key, other);
    rejectsWith(new RegExp(`^the private key ${files.key} does not belong to the certificate ${files.cert}: `));
  });
});
