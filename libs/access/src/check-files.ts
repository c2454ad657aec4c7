// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { X509Certificate } from 'node:crypto';
import { Log } from '@givc/log';
import { GivcError, type VmName } from '@givc/model';
import { tryHandshake, type TlsIdentity } from '@givc/rpc';
import { loadFiles, requireTls, type AccessFiles } from './access.js';

/**
 * Reads the files like a start of the daemon, and verifies the certificate like its peers, without following files or
 * writing records. Throws INVALID_ARGUMENT with a line for each mistake. Resolves with warnings about certificates that
 * expire soon or are not valid yet. Without `isReading`, only settings are checked: whether those that need TLS have
 * it.
 */
export async function checkAccessFiles(files: AccessFiles, name: VmName, isReading: boolean): Promise<string[]> {
  if (!isReading) {
    requireTls(files);
    return [];
  }
  const { identity } = await loadFiles(files, new Log('error'));
  if (!identity || !files.tls) return [];
  const mistakes = await certificateMistakes(identity, name);
  if (mistakes.length > 0)
    throw new GivcError(
      'INVALID_ARGUMENT',
      mistakes.map((line) => `the certificate ${files.tls!.cert} ${line}`).join('\n'),
    );
  return validity(new X509Certificate(identity.material.cert)).map(
    (line) => `the certificate ${files.tls!.cert} ${line}`,
  );
}

async function certificateMistakes(identity: TlsIdentity, name: VmName): Promise<string[]> {
  const certificate = new X509Certificate(identity.material.cert);
  const isOurs = certificate.checkHost(name, { subject: 'never' }) !== undefined;
  const names = certificate.subjectAltName ?? 'nothing';
  const rejection = await tryHandshake(identity);
  return [
    ...(isOurs ? [] : [`is for ${names}, and this machine is ${name}`]),
    ...(rejection === undefined ? [] : [`is rejected by peers that trust the same authorities: ${rejection}`]),
  ];
}

function validity({ validFrom, validTo }: X509Certificate): string[] {
  const now = Date.now();
  if (now < Date.parse(validFrom)) return [`is not valid before ${validFrom}: is the clock right?`];
  return now > Date.parse(validTo) ? [`ended on ${validTo}: renew it`] : [];
}
