// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { X509Certificate, type KeyObject } from 'node:crypto';
import { GivcError, invalid, quoted } from '@givc/model';
import { bodyOf, children, extensionOf, position, type Node } from './node-forge/der.js';
import { alternativeNames, validity, type IssueOptions, type Issued } from './issue.js';
import { newKey, type KeyType } from './key-type.js';
import { formatTime } from './time.js';
import { keyIdentifier, signCertificate } from './x509.js';

export interface AuthorityOptions {
  /** The common name; `GIVC` by default. Authorities may have the same name: they are distinguished by their keys. */
  readonly name?: string;
  /** The number of days for which it is valid; 3650 by default. */
  readonly days?: number;
  /** The begin of its validity; by default an hour ago, because clocks differ. */
  readonly notBefore?: Date;
  /** The type of its key; `p256` by default. Any authority signs keys of every type. */
  readonly keyType?: KeyType;
  /** The certificates of the authorities that it replaces, in PEM; none by default. */
  readonly replaces?: readonly string[];
}

const subjectKeyIdentifierOid = '2.5.29.14';
const commonNameMax = 64;

const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

const identifiers = (subject: string, issuer: string): Record<string, unknown>[] => [
  { name: 'subjectKeyIdentifier', value: octets(subject) },
  { name: 'authorityKeyIdentifier', keyIdentifier: issuer },
];

/** A DER octet string of less than 128 bytes, as a binary string. */
const octets = (bytes: string): string => `\x04${String.fromCharCode(bytes.length)}${bytes}`;

const unusable = (problem: string): GivcError => new GivcError('FAILED_PRECONDITION', problem);

/** Signs certificates for the peers of one system. */
export class Authority {
  readonly x509: X509Certificate;
  readonly #subject: Node;
  readonly #identifier: string;

  /**
   * Key and certificate must belong together, and the certificate must be allowed to sign; `readAuthority` verifies
   * this for files.
   */
  constructor(
    /** PEM. */
    readonly certificate: string,
    private readonly privateKey: KeyObject,
    /** The certificates of the authorities that it replaces, in PEM; peers also trust them during the replacement. */
    readonly replaced: readonly string[] = [],
  ) {
    this.x509 = new X509Certificate(certificate);
    const identifier = extensionOf(this.x509.raw, subjectKeyIdentifierOid);
    if (identifier === undefined) throw unusable('the authority has no subject key identifier (RFC 5280 4.2.1.2)');
    this.#identifier = identifier;
    this.#subject = children(bodyOf(this.x509.raw))[position.subject]!;
  }

  /** The certificates that peers must trust, in PEM: first its own, then those of the authorities that it replaces. */
  get trusted(): string {
    return [this.certificate, ...this.replaced].join('');
  }

  /** The private key, PKCS #8 in PEM. Who has it can impersonate any peer. */
  get key(): string {
    return pem(this.privateKey);
  }

  /**
   * Creates a key and signs its certificate, which does not outlive the authority. Certificates for the same name may
   * be issued any number of times.
   */
  issue(options: IssueOptions): Issued {
    const altNames = alternativeNames(options.name, options.addresses);
    const { notBefore, notAfter } = validity(options.days ?? 365, options.notBefore);
    const end = new Date(this.x509.validTo);
    if (notAfter > end)
      throw unusable(
        `the certificate of ${options.name} would outlive its authority, which ends on ${formatTime(end)}: use fewer days (--days), or a new authority`,
      );
    const { publicKey, privateKey } = newKey(options.keyType ?? 'p256');
    const usages = options.usages ?? ['serverAuth', 'clientAuth'];
    const certificate = signCertificate(
      {
        subject: options.name,
        issuer: this.#subject,
        notBefore,
        notAfter,
        publicKey,
        extensions: [
          { name: 'basicConstraints', critical: true, cA: false },
          { name: 'keyUsage', critical: true, digitalSignature: true },
          { name: 'extKeyUsage', ...Object.fromEntries(usages.map((usage) => [usage, true])) },
          { name: 'subjectAltName', altNames },
          ...identifiers(keyIdentifier(publicKey), this.#identifier),
        ],
      },
      this.privateKey,
    );
    return { certificate, key: pem(privateKey) };
  }
}

/** Throws INVALID_ARGUMENT that names `field` unless `value` can be the name of an authority (RFC 5280 A.1). */
export function parseCommonName(field: string, value: string): string {
  if (value === '' || value.length > commonNameMax || /\p{Cc}/u.test(value))
    throw invalid(field, `invalid common name ${quoted(value)}: expected 1-${commonNameMax} characters`);
  return value;
}

/** Creates a new authority with its own key, which may sign peers but no further authorities. */
export function createAuthority({
  name = 'GIVC',
  days = 3650,
  notBefore,
  keyType = 'p256',
  replaces,
}: AuthorityOptions = {}): Authority {
  parseCommonName('name', name);
  const { publicKey, privateKey } = newKey(keyType);
  const identifier = keyIdentifier(publicKey);
  const certificate = signCertificate(
    {
      subject: name,
      ...validity(days, notBefore),
      publicKey,
      extensions: [
        { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
        { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
        ...identifiers(identifier, identifier),
      ],
    },
    privateKey,
  );
  return new Authority(certificate, privateKey, replaces);
}
