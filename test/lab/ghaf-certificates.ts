// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addresses, authorityFolder, productName, type MachineName } from './plan.js';

const days = '3650';

function openssl(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** An EC PARAMETERS block and the key in SEC 1, instead of the usual PKCS #8. */
const makeKey = (): string => openssl('ecparam', '-name', 'prime256v1', '-genkey');

const authority = (file: string): string => join(authorityFolder, file);

/** An authority that may have one subordinate authority. */
export function makeGhafAuthority(): void {
  mkdirSync(authorityFolder, { recursive: true });
  writeFileSync(authority('ca-key.pem'), makeKey(), { mode: 0o400 });
  const extensions = ['basicConstraints=critical,CA:TRUE,pathlen:1', 'keyUsage=critical,keyCertSign,cRLSign'];
  openssl(
    ...['req', '-x509', '-new', '-sha256', '-days', days, '-subj', '/CN=GivcCA', '-key', authority('ca-key.pem')],
    ...extensions.flatMap((extension) => ['-addext', extension]),
    ...['-out', authority('ca-cert.pem')],
  );
}

/**
 * Writes `ca-cert.pem`, `cert.pem` and `key.pem` of a machine into a folder; the machine's name is the subject and the
 * first DNS name.
 */
export function writeGhafCertificates(folder: string, machine: MachineName): void {
  mkdirSync(folder, { recursive: true });
  const [name, file] = [productName(machine), (of: string) => join(folder, of)];
  writeFileSync(file('key.pem'), makeKey(), { mode: 0o500 });
  writeFileSync(file('ca-cert.pem'), readFileSync(authority('ca-cert.pem')), { mode: 0o500 });
  writeFileSync(
    file('extensions'),
    `subjectAltName=DNS:${name},IP:${addresses[machine]}\nextendedKeyUsage=serverAuth,clientAuth\n`,
  );
  openssl('req', '-new', '-sha256', '-subj', `/CN=${name}`, '-key', file('key.pem'), '-out', file('request'));
  openssl(
    ...['x509', '-req', '-sha256', '-days', days, '-in', file('request'), '-extfile', file('extensions')],
    ...['-CA', authority('ca-cert.pem'), '-CAkey', authority('ca-key.pem'), '-CAcreateserial'],
    ...['-out', file('cert.pem')],
  );
}
