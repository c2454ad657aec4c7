// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { GivcError } from '@givc/model';
import { Authority } from './authority.js';
import { factsOf, parseCertificates } from './certificate.js';
import { isKeyPair, signatureAlgorithm } from './key-type.js';
import { parsePrivateKey, readIfExists } from './read-pem.js';
import { formatTime } from './time.js';
import { writeFiles } from './write-files.js';

const filesOf = (folder: string) => ({
  certificateFile: join(folder, 'ca-cert.pem'),
  keyFile: join(folder, 'ca-key.pem'),
});

function required(path: string): string {
  const text = readIfExists(path);
  if (text === undefined)
    throw new GivcError(
      'NOT_FOUND',
      `${path} is missing: name the folder of an authority, or make one (givc-cli certs authority)`,
    );
  return text;
}

const unusable = (problem: string): GivcError => new GivcError('FAILED_PRECONDITION', problem);
const mayNotSign = (file: string): GivcError =>
  unusable(`${file} is not the certificate of an authority: it may not sign others`);

function readCertificates(file: string): [X509Certificate, ...X509Certificate[]] {
  const certificates = parseCertificates(required(file));
  if (!certificates) throw unusable(`${file} is not a PEM certificate`);
  return certificates;
}

/**
 * Writes `ca-cert.pem` and `ca-key.pem` (mode 0600) into the folder, which is created for its owner only when it is
 * missing. Throws ALREADY_EXISTS when one of the files exists, unless `force` is set.
 */
export async function writeAuthority(folder: string, authority: Authority, { force = false } = {}): Promise<void> {
  const { certificateFile, keyFile } = filesOf(folder);
  const inTheWay = [keyFile, certificateFile].find((file) => !force && readIfExists(file) !== undefined);
  if (inTheWay)
    throw new GivcError('ALREADY_EXISTS', `${inTheWay} is there already; with --force a new authority replaces it`);
  await writeFiles(
    folder,
    [
      { name: 'ca-key.pem', content: authority.key, mode: 0o600 },
      { name: 'ca-cert.pem', content: authority.trusted, mode: 0o644 },
    ],
    0o700,
  );
}

/**
 * Reads an authority from `ca-cert.pem` and `ca-key.pem`, whichever program created them. Its own certificate is the
 * first; further ones are of the authorities that it replaces. Throws NOT_FOUND for a missing file, and
 * FAILED_PRECONDITION unless key and certificate belong together, the certificate may sign others and is valid now, and
 * the key has one of `keyTypes`.
 */
export function readAuthority(folder: string): Authority {
  const { certificateFile, keyFile } = filesOf(folder);
  const [certificate, ...replaced] = readCertificates(certificateFile);
  const key = parsePrivateKey(required(keyFile));
  if (!key) throw unusable(`${keyFile} is not an unencrypted PEM private key`);
  if (!isKeyPair(certificate.publicKey, key))
    throw unusable(`the private key ${keyFile} does not belong to the certificate ${certificateFile}`);
  signatureAlgorithm(key);
  if ([certificate, ...replaced].some(({ ca }) => !ca)) throw mayNotSign(certificateFile);
  const { notBefore, notAfter } = factsOf(certificate);
  if (Date.now() > notAfter.getTime())
    throw unusable(
      `${certificateFile} ended on ${formatTime(notAfter)}: make a new authority (givc-cli certs authority)`,
    );
  if (Date.now() < notBefore.getTime())
    throw unusable(`${certificateFile} is not valid before ${formatTime(notBefore)}: is the clock right?`);
  return new Authority(certificate.toString(), key, replaced.map(String));
}

/**
 * The certificates, in PEM, in `ca-cert.pem` of an authority that is to be replaced; its key is not needed. Throws
 * NOT_FOUND when the file is missing, and FAILED_PRECONDITION unless all its certificates are of authorities.
 */
export function readReplaced(folder: string): readonly string[] {
  const { certificateFile } = filesOf(folder);
  const certificates = readCertificates(certificateFile);
  if (certificates.some(({ ca }) => !ca)) throw mayNotSign(certificateFile);
  return certificates.map(String);
}

/**
 * Ends the replacement of an authority: `ca-cert.pem` then has only its own certificate. Resolves with the number of
 * removed certificates. Throws like `readAuthority`.
 */
export async function dropReplaced(folder: string): Promise<number> {
  const { certificate, replaced } = readAuthority(folder);
  if (replaced.length > 0) await writeFiles(folder, [{ name: 'ca-cert.pem', content: certificate, mode: 0o644 }]);
  return replaced.length;
}
