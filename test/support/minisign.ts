// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** Signs as minisign(1) does, with a key of its own. */
export class TestSigner {
  readonly #key = generateKeyPairSync('ed25519');
  readonly #id = randomBytes(8);
  /** The last line of its `minisign.pub`. */
  readonly publicKey: string;

  constructor() {
    const { x = '' } = this.#key.publicKey.export({ format: 'jwk' });
    this.publicKey = Buffer.concat([Buffer.from('Ed'), this.#id, Buffer.from(x, 'base64url')]).toString('base64');
  }

  /** The text of a `.minisig` file. */
  sign(content: Uint8Array | string, comment = 'a test'): string {
    const digest = createHash('blake2b512').update(content).digest();
    const signature = sign(null, digest, this.#key.privateKey);
    const global = sign(null, Buffer.concat([signature, Buffer.from(comment)]), this.#key.privateKey);
    const signed = Buffer.concat([Buffer.from('ED'), this.#id, signature]);
    return [
      'untrusted comment: a signature of a test',
      signed.toString('base64'),
      `trusted comment: ${comment}`,
      `${global.toString('base64')}\n`,
    ].join('\n');
  }
}
