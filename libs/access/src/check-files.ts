// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { checkCertificate, checkKeyFile, formatProblem } from '@givc/checks';
import { Log } from '@givc/log';
import { GivcError, type Address, type VmName } from '@givc/model';
import { loadFiles, requireTls, type AccessFiles } from './access.js';

/** What the certificate has to be for. */
export interface CheckedMachine {
  readonly name: VmName;
  /** Where it listens. */
  readonly addresses: readonly Address[];
}

/** The checks whose failure keeps every peer from accepting the certificate, now and later. */
const mistakes: ReadonlySet<string> = new Set(['certificate-name', 'certificate-chain']);

/**
 * Reads the files like a start of the daemon, and verifies the certificate like its peers, without following files or
 * writing records. Throws INVALID_ARGUMENT with a line for each mistake. Resolves with warnings about dates, addresses
 * and the mode of the key. Without `isReading`, only settings are checked: whether those that need TLS have it.
 */
export async function checkAccessFiles(
  files: AccessFiles,
  machine: CheckedMachine,
  isReading: boolean,
): Promise<string[]> {
  if (!isReading) {
    requireTls(files);
    return [];
  }
  const { identity } = await loadFiles(files, new Log('error'));
  if (!identity || !files.tls) return [];
  const { ca, cert, key } = files.tls;
  const certificate = await checkCertificate(identity.material, { ...machine, ca, cert });
  const problems = [...certificate, await checkKeyFile(key)].filter(({ state }) => state !== 'ok');
  const fatal = problems.filter(({ id }) => mistakes.has(id));
  if (fatal.length > 0)
    throw new GivcError('INVALID_ARGUMENT', fatal.map((one) => `the certificate ${formatProblem(one)}`).join('\n'));
  return problems.map((one) => `the ${one.subject === key ? 'key' : 'certificate'} ${formatProblem(one)}`);
}
