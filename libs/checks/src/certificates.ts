// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { X509Certificate } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { messageOf, renewalMs, type Address } from '@givc/model';
import {
  readTlsMaterial,
  TlsIdentity,
  tryHandshake,
  type Certificates,
  type TlsFiles,
  type TlsMaterial,
} from '@givc/rpc';
import { check, type CheckResult } from './check-result.js';
import type { Advice } from './reachability.js';

/** What a certificate is for; what is undefined is not checked. */
export interface CertificateUse {
  /** How the results name the certificate and the authorities: their files. */
  readonly cert: string;
  readonly ca: string;
  /** The name of this machine; any name when it is undefined. */
  readonly name?: string | undefined;
  /** Where this machine listens, or from where it calls. */
  readonly addresses?: readonly Address[];
}

const dayMs = 24 * 60 * 60 * 1_000;
const renew = 'issue it again (givc-cli certs issue)';

/**
 * The dates, the chain, the name and the addresses of the certificate of this machine, as its peers verify them. The
 * certificate and its authorities have been parsed. Without a key, the chain is not verified.
 */
export async function checkCertificate(
  material: Certificates | TlsMaterial,
  use: CertificateUse,
): Promise<CheckResult[]> {
  const certificate = new X509Certificate(material.cert);
  return [
    checkDates(certificate, use.cert),
    ...checkAuthority(material, certificate, use.ca),
    ...checkName(certificate, use),
    ...('key' in material ? [await checkChain(material, use)] : []),
    ...checkAddresses(certificate, use),
  ];
}

/**
 * Because of what peers reject the certificate of this machine, and the fix: `the certificate FILE ended on DATE`.
 * Undefined when nothing is found.
 */
export async function certificateProblem(material: TlsMaterial, use: CertificateUse): Promise<Advice | undefined> {
  const found = (await checkCertificate(material, use)).find(({ state }) => state === 'failure');
  if (!found) return undefined;
  const what = found.id === 'authority-dates' ? 'the authority' : 'the certificate';
  return { message: `${what} ${found.subject} ${found.message}`, fix: found.fix };
}

/** Whether the certificate, the key and the authorities can be read, and belong together, as a start needs them. */
export function checkCertificateFiles(files: TlsFiles): CheckResult {
  const { ok, failure } = check('certificate-files', files.cert);
  try {
    readTlsMaterial(files);
    return ok('belongs to its key, and can be read');
  } catch (error) {
    return failure(
      `cannot be used: ${messageOf(error)}`,
      'issue certificate and key again (givc-cli certs issue), and let the user of this program read them',
    );
  }
}

/** Whether a certificate is valid now, and does not have to be renewed yet. */
export function checkDates({ validFrom, validTo }: X509Certificate, file: string): CheckResult {
  const { ok, warning, failure } = check('certificate-dates', file);
  const [from, to, now] = [Date.parse(validFrom), Date.parse(validTo), Date.now()];
  if (now < from)
    return failure(`is not valid before ${validFrom}: is the clock right?`, 'set the clock, or issue it again');
  if (now > to) return failure(`ended on ${validTo}`, `renew it: ${renew}`);
  const left = `ends on ${validTo}, in ${Math.floor((to - now) / dayMs)} days`;
  return to - now <= renewalMs(from, to) ? warning(left, `renew it: ${renew}`) : ok(left);
}

/** The first authority that has signed the certificate; an authority in between is checked by the handshake. */
function checkAuthority({ ca }: Certificates, certificate: X509Certificate, file: string): CheckResult[] {
  const { ok, failure, warning } = check('authority-dates', file);
  const blocks = ca.toString('latin1').match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  const issuer = blocks.map((pem) => new X509Certificate(pem)).find((one) => certificate.checkIssued(one));
  if (!issuer) return [];
  const { validFrom, validTo } = issuer;
  const [from, to, now] = [Date.parse(validFrom), Date.parse(validTo), Date.now()];
  if (now < from) return [failure(`is not valid before ${validFrom}`, 'set the clock')];
  const another = 'make a new authority (givc-cli certs authority), and issue the certificates again';
  if (now > to) return [failure(`ended on ${validTo}`, another)];
  const isOld = to - now <= renewalMs(from, to);
  return [isOld ? warning(`ends on ${validTo}`, another) : ok(`ends on ${validTo}`)];
}

async function checkChain(material: TlsMaterial, { cert, ca }: CertificateUse): Promise<CheckResult> {
  const { ok, failure } = check('certificate-chain', cert);
  const rejection = await tryHandshake(new TlsIdentity(material));
  return rejection === undefined
    ? ok(`leads to an authority of ${ca}`)
    : failure(
        `is rejected by peers that trust the same authorities: ${rejection}`,
        `put the root that signed it into ${ca}, and what lies between into ${cert}; or ${renew}`,
      );
}

function checkName(certificate: X509Certificate, { cert, name }: CertificateUse): CheckResult[] {
  const { ok, failure } = check('certificate-name', cert);
  // Peers take the first DNS name for the name of this machine.
  const [first] = dnsNames(certificate);
  if (first === undefined)
    return [failure('has no DNS name, so peers do not know whose it is', `issue it with a name: ${renew}`)];
  if (name === undefined) return [ok(`is for ${first}`)];
  if (first === name) return [ok(`is for ${name}`)];
  const names = certificate.subjectAltName ?? 'nothing';
  const fix = `issue it with that name first (givc-cli certs issue ${name})`;
  return [failure(`is for ${names}, and this machine is ${name}`, fix)];
}

const dnsNames = ({ subjectAltName = '' }: X509Certificate): string[] =>
  subjectAltName.split(', ').flatMap((entry) => (entry.startsWith('DNS:') ? [entry.slice(4)] : []));

/** Made when it is used: a snapshot of V8's heap, as givc-cli is one, cannot contain the native object of a list. */
function unspecifiedAddresses(): BlockList {
  const list = new BlockList();
  list.addAddress('0.0.0.0', 'ipv4');
  list.addAddress('::', 'ipv6');
  return list;
}

function checkAddresses(certificate: X509Certificate, { cert, addresses = [] }: CertificateUse): CheckResult[] {
  const hosts = new Set(addresses.flatMap((one) => (one.protocol === 'tcp' ? [one.host.split('%')[0]!] : [])));
  const unspecified = unspecifiedAddresses();
  const ips = [...hosts].filter((host) => isIP(host) && !unspecified.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4'));
  return ips.map((ip) => {
    const { ok, failure } = check('certificate-address', cert);
    return certificate.checkIP(ip) === undefined
      ? failure(
          `is not for the address ${ip} of this machine, so peers reject its calls`,
          `issue it with that address (givc-cli certs issue --ip ${ip})`,
        )
      : ok(`is for the address ${ip}`);
  });
}
