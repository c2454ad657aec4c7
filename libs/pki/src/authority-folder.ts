import { join } from 'node:path';
import { GivcError } from '@givc/model';
import { Authority } from './authority.js';
import { factsOf, parseCertificates } from './certificate.js';
import { belongTogether, signatureAlgorithm } from './key-type.js';
import { parsePrivateKey, readIfThere } from './read-pem.js';
import { formatTime } from './time.js';
import { writeFiles } from './write-files.js';

const filesOf = (folder: string) => ({
  certificateFile: join(folder, 'ca-cert.pem'),
  keyFile: join(folder, 'ca-key.pem'),
});

function required(path: string): string {
  const text = readIfThere(path);
  if (text === undefined)
    throw new GivcError(
      'NOT_FOUND',
      `${path} is missing: name the folder of an authority, or make one (givc-cli certs authority)`,
    );
  return text;
}

/**
 * Writes `ca-cert.pem` and `ca-key.pem` (mode 0600) into the folder, which is made, for its owner alone, if need be.
 * Throws ALREADY_EXISTS when one of them is there, unless `force` says to replace it.
 */
export async function writeAuthority(folder: string, authority: Authority, { force = false } = {}): Promise<void> {
  const { certificateFile, keyFile } = filesOf(folder);
  const inTheWay = [keyFile, certificateFile].find((file) => !force && readIfThere(file) !== undefined);
  if (inTheWay)
    throw new GivcError('ALREADY_EXISTS', `${inTheWay} is there already; with --force a new authority replaces it`);
  await writeFiles(
    folder,
    [
      { name: 'ca-key.pem', content: authority.key, mode: 0o600 },
      { name: 'ca-cert.pem', content: authority.certificate, mode: 0o644 },
    ],
    0o700,
  );
}

/**
 * Takes an authority from `ca-cert.pem` and `ca-key.pem`, whoever made them. Throws NOT_FOUND for a file that is
 * missing, and FAILED_PRECONDITION unless the two fit together, the certificate may sign others and is valid now, and
 * the key has one of `keyTypes`.
 */
export function readAuthority(folder: string): Authority {
  const { certificateFile, keyFile } = filesOf(folder);
  const pem = required(certificateFile);
  const key = parsePrivateKey(required(keyFile));
  const refuse = (problem: string): GivcError => new GivcError('FAILED_PRECONDITION', problem);
  const [certificate] = parseCertificates(pem) ?? [];
  if (!certificate) throw refuse(`${certificateFile} is no certificate in PEM`);
  if (!key) throw refuse(`${keyFile} is no private key in PEM without a passphrase`);
  if (!belongTogether(certificate.publicKey, key))
    throw refuse(`the private key ${keyFile} does not belong to the certificate ${certificateFile}`);
  signatureAlgorithm(key);
  if (!certificate.ca)
    throw refuse(`${certificateFile} is not the certificate of an authority: it may not sign others`);
  const { notBefore, notAfter } = factsOf(certificate);
  if (Date.now() > notAfter.getTime())
    throw refuse(
      `${certificateFile} ended on ${formatTime(notAfter)}: make a new authority (givc-cli certs authority)`,
    );
  if (Date.now() < notBefore.getTime())
    throw refuse(`${certificateFile} is not valid before ${formatTime(notBefore)}: is the clock right?`);
  return new Authority(certificate.toString(), key);
}
