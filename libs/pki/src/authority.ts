import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { alternativeNames, validity, type IssueOptions, type Issued } from './issue.js';
import { keyIdentifier, signCertificate } from './x509.js';

export interface AuthorityOptions {
  /** The common name; `GIVC` by default. Authorities that must not be confused need no different names: their keys differ. */
  readonly name?: string;
  /** How long it is valid; 3650 by default. */
  readonly days?: number;
}

const newKey = (): { publicKey: KeyObject; privateKey: KeyObject } =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' });

const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

const identifiers = (subject: KeyObject, issuer: KeyObject): Record<string, unknown>[] => [
  { name: 'subjectKeyIdentifier', value: octets(keyIdentifier(subject)) },
  { name: 'authorityKeyIdentifier', keyIdentifier: keyIdentifier(issuer) },
];

/** A DER octet string of less than 128 bytes, as a binary string. */
const octets = (bytes: string): string => `\x04${String.fromCharCode(bytes.length)}${bytes}`;

/** Signs certificates for the peers of one system. Its own certificate is all that a peer needs to know of it. */
export class Authority {
  constructor(
    private readonly name: string,
    /** PEM, self-signed; it may sign peers and no further authorities. */
    readonly certificate: string,
    private readonly privateKey: KeyObject,
  ) {}

  /** The private key, PKCS #8 in PEM. Whoever has it can be any peer. */
  get key(): string {
    return pem(this.privateKey);
  }

  /** Makes a P-256 key and signs its certificate. The same name may be issued any number of times. */
  issue(options: IssueOptions): Issued {
    const { publicKey, privateKey } = newKey();
    const usages = options.usages ?? ['serverAuth', 'clientAuth'];
    const certificate = signCertificate(
      {
        subject: options.name,
        issuer: this.name,
        ...validity(options.days ?? 365, options.notBefore),
        publicKey,
        extensions: [
          { name: 'basicConstraints', critical: true, cA: false },
          { name: 'keyUsage', critical: true, digitalSignature: true },
          { name: 'extKeyUsage', ...Object.fromEntries(usages.map((usage) => [usage, true])) },
          { name: 'subjectAltName', altNames: alternativeNames(options.name, options.addresses) },
          ...identifiers(publicKey, this.privateKey),
        ],
      },
      this.privateKey,
    );
    return { certificate, key: pem(privateKey) };
  }
}

/** Makes a new authority with a P-256 key of its own. */
export function createAuthority({ name = 'GIVC', days = 3650 }: AuthorityOptions = {}): Authority {
  const { publicKey, privateKey } = newKey();
  const certificate = signCertificate(
    {
      subject: name,
      issuer: name,
      ...validity(days),
      publicKey,
      extensions: [
        { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
        { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
        ...identifiers(publicKey, privateKey),
      ],
    },
    privateKey,
  );
  return new Authority(name, certificate, privateKey);
}
