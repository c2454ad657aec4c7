// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { GivcError, invalid, quoted } from '@givc/model';

/** ECDSA on P-256, RSA of 3072 bits, Ed25519. TLS 1.3 knows all three (RFC 8446 4.2.3). */
export const keyTypes = ['p256', 'rsa', 'ed25519'] as const;

export type KeyType = (typeof keyTypes)[number];

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** The signatures by each type of key: the AlgorithmIdentifier of RFC 5280 4.1.1.2, and the hash for node:crypto. */
interface SignatureAlgorithm {
  readonly oid: string;
  readonly parameters: 'absent' | 'null';
  readonly hash: 'sha256' | null;
}

const algorithms: Readonly<Record<KeyType, SignatureAlgorithm>> = {
  // RFC 5758 3.2
  p256: { oid: '1.2.840.10045.4.3.2', parameters: 'absent', hash: 'sha256' },
  // RFC 4055 5
  rsa: { oid: '1.2.840.113549.1.1.11', parameters: 'null', hash: 'sha256' },
  // RFC 8410 3
  ed25519: { oid: '1.3.101.112', parameters: 'absent', hash: null },
};

/** Throws INVALID_ARGUMENT that names `field` unless `value` is one of `keyTypes`. */
export function parseKeyType(field: string, value: string): KeyType {
  const found = keyTypes.find((known) => known === value);
  if (!found) throw invalid(field, `invalid key type ${quoted(value)}: expected ${keyTypes.join(', ')}`);
  return found;
}

export function newKey(type: KeyType): KeyPair {
  switch (type) {
    case 'p256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'rsa':
      return generateKeyPairSync('rsa', { modulusLength: 3072 });
    case 'ed25519':
      return generateKeyPairSync('ed25519');
  }
}

/** The type of a supported key; undefined for other curves, other algorithms and RSA below 2048 bits. */
export function keyTypeOf(key: KeyObject): KeyType | undefined {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ec') return namedCurve === 'prime256v1' ? 'p256' : undefined;
  if (key.asymmetricKeyType === 'rsa') return modulusLength >= 2048 ? 'rsa' : undefined;
  return key.asymmetricKeyType === 'ed25519' ? 'ed25519' : undefined;
}

/** One of `keyTypes`, or a description of another type: `ec secp384r1`, `rsa 1024`. */
export function describeKey(key: KeyObject): string {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  return keyTypeOf(key) ?? [key.asymmetricKeyType, namedCurve ?? modulusLength].filter(Boolean).join(' ');
}

/** Whether the private key belongs to the public key, for any type. */
export const isKeyPair = (publicKey: KeyObject, privateKey: KeyObject): boolean =>
  publicKey.equals(createPublicKey(privateKey));

export function signatureAlgorithm(key: KeyObject): SignatureAlgorithm {
  const type = keyTypeOf(key);
  if (!type)
    throw new GivcError('FAILED_PRECONDITION', `a key of type ${describeKey(key)} signs no certificates: use p256`);
  return algorithms[type];
}

export const signWith = (key: KeyObject, data: Buffer): Buffer => sign(signatureAlgorithm(key).hash, data, key);
