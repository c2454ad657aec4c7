// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { checkCertificate, checkKeyFile, formatProblem, type CheckResult } from '@givc/checks';
import { Log } from '@givc/log';
import type { Address, VmName } from '@givc/model';
import { readCertificates, readKey, type TlsFiles } from '@givc/rpc';
import { loadPossible, requireTls, type AccessFiles } from './access.js';
import { checkRulesOf } from './check-rules-of.js';
import { Mistakes } from './collected-mistakes.js';

/** What the certificate and the rules have to be for. */
export interface CheckedMachine {
  readonly daemon: 'admin' | 'agent';
  readonly name: VmName;
  /** Where it listens. */
  readonly addresses: readonly Address[];
}

/** A line for each; a daemon does not start with a mistake, or no peer accepts it. */
export interface CheckedFiles {
  readonly mistakes: readonly string[];
  readonly warnings: readonly string[];
}

/** The checks whose failure keeps every peer from accepting the certificate, now and later. */
const mistakenChecks: ReadonlySet<string> = new Set(['certificate-name', 'certificate-chain']);

/**
 * Reads the files like a start of the daemon, and verifies the certificate like its peers, without following files or
 * writing records. A mistake in one file hides nothing of the others. Warnings are about dates, addresses, the mode of
 * the key, and rules that can never match. Without `isReading`, only settings are checked: whether those that need TLS
 * have it.
 */
export async function checkAccessFiles(
  files: AccessFiles,
  machine: CheckedMachine,
  isReading: boolean,
): Promise<CheckedFiles> {
  const mistakes = new Mistakes();
  await mistakes.of(() => requireTls(files));
  if (!isReading) return { mistakes: mistakes.lines, warnings: [] };
  const { tls, rules: rulesFile } = files;
  const certificates = tls && (await mistakes.of(() => readCertificates(tls)));
  const hasKey = tls && (await mistakes.of(() => readKey(tls))) !== undefined;
  const { identity, rules } = await loadPossible(files, new Log('error'), mistakes);
  const found = [
    ...(tls && certificates ? await certificateProblems(tls, identity?.material ?? certificates, machine) : []),
    ...(tls && hasKey ? problems('key', [await checkKeyFile(tls.key)]) : []),
    ...(rules && rulesFile !== undefined ? problems('rule', await checkRulesOf(machine.daemon, rulesFile)) : []),
  ];
  const lines = (isMistake: boolean) => found.filter((one) => one.isMistake === isMistake).map(({ line }) => line);
  // A file that cannot be read is found twice: by itself, and with those that it belongs to.
  return { mistakes: [...new Set([...mistakes.lines, ...lines(true)])], warnings: lines(false) };
}

interface Problem {
  readonly line: string;
  readonly isMistake: boolean;
}

const certificateProblems = async (
  { ca, cert }: TlsFiles,
  material: Parameters<typeof checkCertificate>[0],
  { name, addresses }: CheckedMachine,
): Promise<Problem[]> => problems('certificate', await checkCertificate(material, { name, addresses, ca, cert }));

const problems = (what: string, results: readonly CheckResult[]): Problem[] =>
  results
    .filter(({ state }) => state !== 'ok')
    .map((one) => ({ line: `the ${what} ${formatProblem(one)}`, isMistake: mistakenChecks.has(one.id) }));
