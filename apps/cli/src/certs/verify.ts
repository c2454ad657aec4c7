// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseVmName } from '@givc/model';
import {
  daysLeft,
  inspectFolder,
  parseAddress,
  type CheckChain,
  type Expected,
  type FolderFinding,
  type Trusted,
} from '@givc/pki';

/** The result of the verification of a folder; `summary` is one sentence. */
export interface VerifyResult {
  readonly folder: string;
  /** Whether a daemon can use it, possibly with warnings. */
  readonly right: boolean;
  readonly findings: readonly FolderFinding[];
  /** The trusted authorities, in the order of ca-cert.pem. */
  readonly authorities: readonly Pick<Trusted, 'subject' | 'fingerprint' | 'notBefore' | 'notAfter' | 'isIssuer'>[];
  readonly change: AuthorityChange;
  readonly summary: string;
}

/**
 * The state of this machine during the replacement of an authority: it trusts one authority, or several with a
 * certificate of an older one, or several with a certificate of the newest.
 */
export type AuthorityChange = 'none' | 'trusted' | 'issued';

const isRoot = ({ subject, issuer }: Trusted): boolean => subject === issuer;
const newestFirst = (one: Trusted, other: Trusted): number => other.notBefore.getTime() - one.notBefore.getTime();

function changeOf(authorities: readonly Trusted[]): AuthorityChange {
  const [newest, ...older] = authorities.filter(isRoot).toSorted(newestFirst);
  if (older.length === 0) return 'none';
  return newest!.isIssuer ? 'issued' : 'trusted';
}

/** One sentence about the issuer, the peers that can connect, and the next step. */
function sentenceOfChange(authorities: readonly Trusted[]): string {
  const roots = authorities.filter(isRoot);
  const issuer = roots.find(({ isIssuer }) => isIssuer);
  const signed = issuer ? `${issuer.subject} (SHA-256 ${issuer.fingerprint.slice(0, 23)}...)` : 'an authority';
  const each = `peers with certificates of any of the ${roots.length} authorities that it trusts can connect to it`;
  switch (changeOf(authorities)) {
    case 'none':
      return `It is signed by ${signed}, the only authority that it trusts.`;
    case 'trusted':
      return `It is signed by an older authority, ${signed}; ${each}. Once all machines trust the newest, issue it again.`;
    case 'issued':
      return `It is signed by the newest authority, ${signed}; ${each}. Once all machines have such certificates, drop the older.`;
  }
}

/** Throws INVALID_ARGUMENT that names the flag which is wrong. */
export const parseExpected = (name: string | undefined, ips: readonly string[] = []): Expected => ({
  name: name === undefined ? undefined : parseVmName('--name', name),
  addresses: ips.map((ip) => parseAddress('--ip', ip)),
});

export async function verifyFolder(folder: string, checkChain: CheckChain, expected: Expected): Promise<VerifyResult> {
  const { certificate, authorities: trusted, findings } = await inspectFolder(folder, checkChain, expected);
  const authorities = trusted.map(({ subject, fingerprint, notBefore, notAfter, isIssuer }) => ({
    subject,
    fingerprint,
    notBefore,
    notAfter,
    isIssuer,
  }));
  const change = changeOf(trusted);
  const problems = findings.filter(({ severity }) => severity === 'problem').length;
  if (problems > 0 || !certificate) {
    const count = problems === 1 ? '1 problem' : `${problems} problems`;
    return { folder, right: false, findings, authorities, change, summary: `no daemon can use ${folder}: ${count}` };
  }
  const { dnsNames, addresses, notAfter } = certificate;
  const whose = [...dnsNames, ...addresses].join(', ');
  return {
    folder,
    right: true,
    findings,
    authorities,
    change,
    summary: `${folder} is right: ${whose}, ends in ${daysLeft(notAfter)} days. ${sentenceOfChange(trusted)}`,
  };
}
