// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { GivcError, invalid } from '@givc/model';

/** A public key of minisign(1), in the format of https://jedisct1.github.io/minisign/. */
export interface MinisignKey {
  /** Eight bytes that its signatures also have. */
  readonly id: Buffer;
  readonly key: KeyObject;
}

const [algorithmLength, idLength, keyLength, signatureLength] = [2, 8, 32, 64];

const decoded = (text: string, length: number): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === length && bytes.toString('base64') === text ? bytes : undefined;
};

/** The last line of a `minisign.pub`. Throws INVALID_ARGUMENT that names `field`. */
export function parseMinisignKey(field: string, value: string): MinisignKey {
  const bytes = decoded(value, algorithmLength + idLength + keyLength);
  if (bytes?.toString('latin1', 0, algorithmLength) !== 'Ed')
    throw invalid(field, 'invalid public key: expected 56 characters that begin with "RW" (minisign(1))');
  const x = bytes.subarray(algorithmLength + idLength).toString('base64url');
  return {
    id: bytes.subarray(algorithmLength, algorithmLength + idLength),
    key: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
  };
}

const rejected = (problem: string): GivcError => new GivcError('PERMISSION_DENIED', problem);

/** The id of a key as minisign prints it. */
const shown = (id: Buffer): string => Buffer.from(id).reverse().toString('hex').toUpperCase();

const layout = /^untrusted comment: [^\n]*\n([^\n]+)\n(trusted comment: ([^\n]*))\n([^\n]+)\n?$/;

/**
 * Verifies the text of a `.minisig` file against the BLAKE2b-512 digest of what it signs, and returns its trusted
 * comment. Throws PERMISSION_DENIED unless this key has signed both.
 */
export function verifyMinisign({ id, key }: MinisignKey, text: string, digest: Uint8Array): string {
  const [, first = '', , comment = '', last = ''] = layout.exec(text.replaceAll('\r\n', '\n')) ?? [];
  const signed = decoded(first, algorithmLength + idLength + signatureLength);
  const global = decoded(last, signatureLength);
  if (!signed || !global) throw rejected('its signature does not have the format of minisign');
  const algorithm = signed.toString('latin1', 0, algorithmLength);
  if (algorithm !== 'ED') throw rejected('its signature has the old format: sign it with "minisign -S -H"');
  const signer = signed.subarray(algorithmLength, algorithmLength + idLength);
  if (!signer.equals(id)) throw rejected(`key ${shown(signer)} has signed it, but only ${shown(id)} may`);
  const signature = signed.subarray(algorithmLength + idLength);
  if (!verify(null, digest, key, signature)) throw rejected('its signature is of something else');
  if (!verify(null, Buffer.concat([signature, Buffer.from(comment)]), key, global))
    throw rejected('the trusted comment of its signature was changed');
  return comment;
}
