import { createHash, createPublicKey, randomBytes, sign, type KeyObject } from 'node:crypto';
import forge from 'node-forge';

const { asn1 } = forge;
const { Class, Type } = asn1;

const ecdsaWithSha256 = '1.2.840.10045.4.3.2';

// Positions in the TBSCertificate of RFC 5280 4.1.
const signatureAlgorithm = 2;
const subjectPublicKeyInfo = 6;

/** One certificate before it is signed; names are common names, extensions are node-forge's. */
export interface CertificateFields {
  readonly subject: string;
  readonly issuer: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Record<string, unknown>[];
}

const fromDer = (der: Buffer): forge.asn1.Asn1 => asn1.fromDer(forge.util.createBuffer(der.toString('binary')));

const toDer = (node: forge.asn1.Asn1): Buffer => Buffer.from(asn1.toDer(node).getBytes(), 'binary');

const publicKeyDer = (key: KeyObject): Buffer =>
  (key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'der' });

const children = (node: forge.asn1.Asn1): forge.asn1.Asn1[] => node.value as forge.asn1.Asn1[];

const sequence = (nodes: forge.asn1.Asn1[]): forge.asn1.Asn1 =>
  asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, nodes);

const algorithm = (): forge.asn1.Asn1 =>
  sequence([asn1.create(Class.UNIVERSAL, Type.OID, false, asn1.oidToDer(ecdsaWithSha256).getBytes())]);

const commonName = (value: string): forge.pki.CertificateField[] => [
  { name: 'commonName', value, valueTagClass: Type.UTF8 as unknown as forge.asn1.Class },
];

/** A positive number of 127 random bits in hexadecimal, encoded in 16 bytes (RFC 5280 4.1.2.2 allows 20). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes.toString('hex');
}

/** The key identifier of RFC 7093 2, method 1, as a binary string. */
export function keyIdentifier(key: KeyObject): string {
  const bits = Buffer.from(children(fromDer(publicKeyDer(key)))[1]!.value as string, 'binary').subarray(1);
  return createHash('sha256').update(bits).digest().subarray(0, 20).toString('binary');
}

/**
 * Encodes the certificate and signs it with ECDSA and SHA-256; returns PEM.
 *
 * node-forge knows RSA only: the certificate is built around an RSA key that does not exist, and the real key and
 * algorithm take its place in the tree before the signature is made.
 */
export function signCertificate(fields: CertificateFields, issuerKey: KeyObject): string {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(new forge.jsbn.BigInteger('3'), new forge.jsbn.BigInteger('3'));
  certificate.serialNumber = serialNumber();
  certificate.validity.notBefore = fields.notBefore;
  certificate.validity.notAfter = fields.notAfter;
  certificate.setSubject(commonName(fields.subject));
  certificate.setIssuer(commonName(fields.issuer));
  certificate.setExtensions([...fields.extensions]);
  certificate.signatureOid = certificate.siginfo.algorithmOid = ecdsaWithSha256;
  certificate.signature = '';

  const tree = forge.pki.certificateToAsn1(certificate);
  const body = children(tree)[0]!;
  children(body)[signatureAlgorithm] = algorithm();
  children(body)[subjectPublicKeyInfo] = fromDer(publicKeyDer(fields.publicKey));

  const signature = sign('sha256', toDer(body), issuerKey);
  const signed = sequence([
    body,
    algorithm(),
    asn1.create(Class.UNIVERSAL, Type.BITSTRING, false, `\0${signature.toString('binary')}`),
  ]);
  const lines = toDer(signed)
    .toString('base64')
    .match(/.{1,64}/g)!;
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
