// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, parseVmName, renewalMs } from '@givc/model';
import type { TlsMaterial } from '@givc/rpc';
import { parseAddress } from './address.js';
import { factsOf, isIssuedBy, parseCertificates, type CertificateFacts } from './certificate.js';
import { isKeyPair } from './key-type.js';
import { parsePrivateKey } from './read-pem.js';
import { formatDuration, formatTime } from './time.js';

/** A problem keeps a daemon from starting or connecting; a warning does not. */
export interface FolderFinding {
  readonly severity: 'problem' | 'warning';
  readonly file: string;
  readonly what: string;
  readonly fix: string;
}

/** An authority that a machine trusts. */
export interface Trusted extends CertificateFacts {
  /** Whether it has issued the certificate of the machine. */
  readonly isIssuer: boolean;
}

export interface Inspection {
  /** The contents of the machine's certificate, if it can be parsed. */
  readonly certificate: CertificateFacts | undefined;
  /** The trusted authorities, in the order of `ca-cert.pem`. */
  readonly authorities: readonly Trusted[];
  /** Empty for a valid folder. */
  readonly findings: readonly FolderFinding[];
}

/**
 * Resolves with the reason why peers with the same authorities reject this certificate; undefined when they accept it.
 */
export type CheckChain = (material: TlsMaterial) => Promise<string | undefined>;

export interface Expected {
  readonly name?: string;
  /** The addresses that the certificate must have; it may have more. */
  readonly addresses?: readonly string[];
}

const completeChain =
  'put the root that signed it into ca-cert.pem, and what lies between into cert.pem; or issue it again';
const reissue = 'issue it again (givc-cli certs issue --force)';

/** The authorities to which the signatures of a chain lead. */
function issuersAmong(
  authorities: readonly X509Certificate[],
  chain: readonly X509Certificate[],
): Set<X509Certificate> {
  const path = new Set(chain);
  for (const issued of path) for (const one of authorities) if (isIssuedBy(issued, one)) path.add(one);
  return new Set(authorities.filter((one) => path.has(one)));
}

/**
 * Verifies `ca-cert.pem`, `cert.pem` and `key.pem` like a daemon and its peers: the chain, the names, the dates, the
 * usages, the key and its mode. `ca-cert.pem` may contain several authorities. `checkChain` is `tryHandshake` of
 * `@givc/rpc`, which callers have already loaded. Throws INVALID_ARGUMENT when an expected value is not a name or an
 * address.
 */
export async function inspectFolder(
  folder: string,
  checkChain: CheckChain,
  expected: Expected = {},
  now = Date.now(),
): Promise<Inspection> {
  const wantedName = expected.name === undefined ? undefined : parseVmName('name', expected.name);
  const wantedAddresses = (expected.addresses ?? []).map((address) => parseAddress('addresses', address));
  const findings: FolderFinding[] = [];
  const add = (severity: FolderFinding['severity'], name: string, what: string, fix: string): void =>
    void findings.push({ severity, file: join(folder, name), what, fix });
  const read = (name: string): string | undefined => {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (missing) add('problem', name, 'is missing', 'issue it (givc-cli certs issue), or name another folder');
      else add('problem', name, `cannot be read: ${messageOf(error)}`, 'let the user of the daemon read it');
      return undefined;
    }
  };
  const readCertificates = (name: string) => {
    const pem = read(name);
    const certificates = pem === undefined ? undefined : parseCertificates(pem);
    if (pem !== undefined && !certificates) add('problem', name, 'is not a PEM certificate', reissue);
    return certificates;
  };

  const authorities = readCertificates('ca-cert.pem');
  const chain = readCertificates('cert.pem');
  const [certificate] = chain ?? [];
  const key = read('key.pem');
  const issuers = issuersAmong(authorities ?? [], chain ?? []);
  for (const each of authorities ?? []) inspectAuthority(each);
  const facts = certificate && factsOf(certificate);
  if (certificate && facts) {
    inspectDates('cert.pem', facts, reissue);
    inspectNames(facts);
    inspectUsages(facts);
  }
  const fits = key !== undefined && inspectKey(key, certificate);
  if (authorities && certificate && fits) await inspectChain();
  const trusted = (authorities ?? []).map((one) => ({ ...factsOf(one), isIssuer: issuers.has(one) }));
  return { certificate: facts, authorities: trusted, findings };

  function inspectAuthority(authority: X509Certificate): void {
    const another = 'put the certificate of the authority there';
    if (!authority.ca) add('problem', 'ca-cert.pem', 'is not the certificate of an authority', another);
    const facts = factsOf(authority);
    // One of several authorities may expire without harm if it has not signed this machine's certificate.
    if (issuers.has(authority) || issuers.size === 0)
      return inspectDates('ca-cert.pem', facts, 'make a new authority (givc-cli certs authority)');
    if (now > facts.notAfter.getTime())
      add(
        'warning',
        'ca-cert.pem',
        `has ${facts.subject}, which ended on ${formatTime(facts.notAfter)}`,
        'take it out (givc-cli certs authority --alone, then certs issue --ca-only)',
      );
  }

  /** Like in the daemons, OpenSSL follows the chain in cert.pem to a root in ca-cert.pem. */
  async function inspectChain(): Promise<void> {
    const [ca, cert, key] = ['ca-cert.pem', 'cert.pem', 'key.pem'].map((name) => readFileSync(join(folder, name)));
    const problem = await checkChain({ ca: ca!, cert: cert!, key: key! });
    if (problem !== undefined)
      add('problem', 'cert.pem', `is rejected by a peer with this ca-cert.pem: ${problem}`, completeChain);
  }

  function inspectDates(file: string, { notBefore, notAfter }: CertificateFacts, fix: string): void {
    const left = notAfter.getTime() - now;
    if (now < notBefore.getTime())
      add('problem', file, `is not valid before ${formatTime(notBefore)}`, 'set the clock');
    else if (now > notAfter.getTime()) add('problem', file, `ended on ${formatTime(notAfter)}`, fix);
    else if (left < renewalMs(notBefore.getTime(), notAfter.getTime()))
      add('warning', file, `ends in ${formatDuration(left)}`, fix);
  }

  function inspectNames({ dnsNames: [name], addresses }: CertificateFacts): void {
    if (name === undefined) add('problem', 'cert.pem', 'has no DNS name', reissue);
    else if (wantedName !== undefined && name !== wantedName)
      add('problem', 'cert.pem', `is the certificate of ${name}, not of ${wantedName}`, reissue);
    for (const address of wantedAddresses)
      if (!addresses.includes(address))
        add('problem', 'cert.pem', `is not for the address ${address}`, `${reissue} with --ip ${address}`);
  }

  function inspectUsages({ keyUsages, extendedKeyUsages }: CertificateFacts): void {
    if (keyUsages && !keyUsages.includes('digitalSignature'))
      add('problem', 'cert.pem', 'may not sign, which TLS 1.3 needs (digitalSignature)', reissue);
    for (const [usage, role] of [
      ['serverAuth', 'server'],
      ['clientAuth', 'client'],
    ] as const)
      if (extendedKeyUsages && !extendedKeyUsages.includes(usage))
        add('problem', 'cert.pem', `may not be a ${role} (${usage})`, `${reissue} with --usage both`);
  }

  /** Returns whether the key belongs to the certificate. */
  function inspectKey(pem: string, own: X509Certificate | undefined): boolean {
    const privateKey = parsePrivateKey(pem);
    if (!privateKey) add('problem', 'key.pem', 'is not an unencrypted PEM private key', reissue);
    const belongs = privateKey !== undefined && own !== undefined && isKeyPair(own.publicKey, privateKey);
    if (privateKey && own && !belongs) add('problem', 'key.pem', 'does not belong to cert.pem', reissue);
    const mode = statSync(join(folder, 'key.pem')).mode & 0o777;
    const others = mode & 0o007 ? 'all users' : mode & 0o070 ? 'its group' : undefined;
    if (others) add('warning', 'key.pem', `is open to ${others} (mode 0${mode.toString(8)})`, 'chmod 0600');
    return belongs;
  }
}
