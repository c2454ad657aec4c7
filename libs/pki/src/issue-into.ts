// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { GivcError } from '@givc/model';
import { parseAddress } from './address.js';
import { type Authority } from './authority.js';
import { factsOf, isIssuedBy, parseCertificates } from './certificate.js';
import { type Issued, type IssueOptions } from './issue.js';
import { isKeyPair } from './key-type.js';
import { parsePrivateKey, readIfExists } from './read-pem.js';
import { day, formatTime } from './time.js';
import { writeCertificates } from './write-certificates.js';
import { writeFiles } from './write-files.js';

/** The wanted contents of a folder. Without a `keyType`, a key of any type is accepted. */
export interface FolderOptions extends IssueOptions {
  /**
   * Certificates that expire within this number of days are renewed; 30 by default, or a third of `days` if that is
   * less.
   */
  readonly renewWithin?: number;
  /** Whether to issue a new certificate in any case. */
  readonly force?: boolean;
  /** Keep the certificate, and write the authorities that must be trusted into `ca-cert.pem`. */
  readonly caOnly?: boolean;
}

/** The changes that give a folder its wanted contents, before any of them is made. */
export type Plan =
  | { readonly kind: 'keep' }
  /** Only `ca-cert.pem` is replaced. */
  | { readonly kind: 'trust' }
  | { readonly kind: 'issue'; readonly issued: Issued }
  | { readonly kind: 'renew'; readonly reason: string; readonly issued: Issued };

type FolderState = { readonly kind: 'keep' | 'trust' | 'issue' } | { readonly kind: 'renew'; readonly reason: string };

const same = (some: readonly string[], others: readonly string[]): boolean =>
  some.toSorted().join() === others.toSorted().join();

const inTheWay = (file: string, problem: string): GivcError =>
  new GivcError('ALREADY_EXISTS', `${file} ${problem}; with --force a new one replaces it`);

interface Found {
  readonly certificate: X509Certificate;
  /** Whether the authority itself has signed it, not one that it replaces. */
  readonly isOfAuthority: boolean;
}

const fingerprintsOf = (pem: string): readonly string[] =>
  (parseCertificates(pem) ?? []).map(({ fingerprint256 }) => fingerprint256);

/** The certificate in the folder, after a check that no other file is in the way; undefined when there is none. */
function findOwn(folder: string, authority: Authority, name: string): Found | undefined {
  const [caFile, certFile, keyFile] = ['ca-cert.pem', 'cert.pem', 'key.pem'].map((file) => join(folder, file)) as [
    string,
    string,
    string,
  ];
  const [ca, cert, key] = [caFile, certFile, keyFile].map(readIfExists);
  const trusted = fingerprintsOf(authority.trusted);
  if (ca !== undefined && !fingerprintsOf(ca).some((one) => trusted.includes(one)))
    throw inTheWay(caFile, 'is not the certificate of this authority');
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined) throw inTheWay(keyFile, 'is there without its certificate');
  const [certificate] = parseCertificates(cert) ?? [];
  if (!certificate) throw inTheWay(certFile, 'is not a PEM certificate');
  const issuer = parseCertificates(authority.trusted)?.find((one) => isIssuedBy(certificate, one));
  if (!issuer) throw inTheWay(certFile, 'comes from another authority');
  const [owner = 'nobody'] = factsOf(certificate).dnsNames;
  if (owner !== name) throw inTheWay(certFile, `is the certificate of ${owner}, not of ${name}`);
  if (key === undefined) throw inTheWay(certFile, 'is there without its private key');
  const privateKey = parsePrivateKey(key);
  if (!privateKey || !isKeyPair(certificate.publicKey, privateKey))
    throw inTheWay(keyFile, `is not the private key of ${certFile}`);
  return { certificate, isOfAuthority: issuer.fingerprint256 === authority.x509.fingerprint256 };
}

function planFor(folder: string, authority: Authority, wanted: FolderOptions, now: number): FolderState {
  if (wanted.force) return { kind: 'issue' };
  const own = findOwn(folder, authority, wanted.name);
  if (wanted.caOnly) return planTrust(folder, authority, own);
  if (!own) return { kind: 'issue' };
  const found = factsOf(own.certificate);
  const renew = (reason: string): FolderState => ({ kind: 'renew', reason });
  const { days = 365, renewWithin = Math.min(30, days / 3), usages = ['serverAuth', 'clientAuth'] } = wanted;
  if (found.notBefore.getTime() > now)
    throw inTheWay(join(folder, 'cert.pem'), `is not valid before ${formatTime(found.notBefore)}: is the clock right?`);
  if (!own.isOfAuthority) return renew('came from the authority that this one replaces');
  if (found.notAfter.getTime() < now + renewWithin * day)
    return renew(`${found.notAfter.getTime() < now ? 'ended' : 'ends'} on ${formatTime(found.notAfter)}`);
  const addresses = wanted.addresses.map((address) => parseAddress('addresses', address));
  if (!same(found.addresses, addresses)) return renew(`was for ${found.addresses.join(', ') || 'no address'}`);
  if (!same(found.extendedKeyUsages ?? [], usages))
    return renew(`was for ${found.extendedKeyUsages?.join(' and ') ?? 'any usage'}`);
  if (wanted.keyType !== undefined && found.keyType !== wanted.keyType) return renew(`had a key of ${found.keyType}`);
  return { kind: 'keep' };
}

function planTrust(folder: string, authority: Authority, own: Found | undefined): FolderState {
  if (!own)
    throw new GivcError(
      'NOT_FOUND',
      `${join(folder, 'cert.pem')} is missing: there is no certificate to keep; issue it (givc-cli certs issue)`,
    );
  return { kind: readIfExists(join(folder, 'ca-cert.pem')) === authority.trusted ? 'keep' : 'trust' };
}

/**
 * Plans the changes to a folder, and issues the certificate, but writes nothing. A certificate of this authority for
 * this name is kept, together with its key, as long as it is valid and has the wanted contents. It is renewed when it
 * expires soon, has other addresses, usages or another type of key, or was issued by an authority that this one
 * replaces. For any other contents of the folder, throws ALREADY_EXISTS that names the file.
 */
export function planIssue(authority: Authority, folder: string, wanted: FolderOptions, now = Date.now()): Plan {
  const state = planFor(folder, authority, wanted, now);
  const { kind } = state;
  return kind === 'keep' || kind === 'trust' ? { kind } : { ...state, issued: authority.issue(wanted) };
}

/** Makes the planned changes; afterwards the folder has its three files. */
export async function executePlan(authority: Authority, folder: string, plan: Plan): Promise<void> {
  if (plan.kind === 'issue' || plan.kind === 'renew') return writeCertificates(folder, authority, plan.issued);
  if (plan.kind === 'trust' || readIfExists(join(folder, 'ca-cert.pem')) === undefined)
    await writeFiles(folder, [{ name: 'ca-cert.pem', content: authority.trusted, mode: 0o644 }]);
}
