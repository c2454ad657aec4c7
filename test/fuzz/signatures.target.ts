// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import fc from 'fast-check';
import type { PolicyName } from '@givc/model';
import { parseMinisignKey, verifyMinisign } from '../../apps/agent/src/policy/minisign.js';
import { assertNotOlder, assertSigned } from '../../apps/agent/src/policy/signed-policy.js';
import { target } from './engine/target.js';
import { texts } from './engine/texts.js';

// The key and its signatures are always the same (RFC 8032), so that a seed gives the same input each time.
const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)]);
const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
const keyId = Buffer.from('GIVCfuzz');
const x = createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '';
const publicText = Buffer.concat([Buffer.from('Ed'), keyId, Buffer.from(x, 'base64url')]).toString('base64');
const publicKey = parseMinisignKey('publicKey', publicText);
const digest = createHash('blake2b512').update('allow all').digest();

/** The text of a `.minisig` file (https://jedisct1.github.io/minisign/). */
function signed(comment: string): string {
  const signature = sign(null, digest, privateKey);
  const global = sign(null, Buffer.concat([signature, Buffer.from(comment)]), privateKey).toString('base64');
  const first = Buffer.concat([Buffer.from('ED'), keyId, signature]).toString('base64');
  return `untrusted comment: a test\n${first}\ntrusted comment: ${comment}\n${global}\n`;
}

const comments = [
  'policy:firewall version:7 timestamp:1700000000',
  'timestamp:1700000000\tfile:policy.bin',
  'a test',
  '',
];
const signatures = comments.map(signed);

export const minisignKeys = target({
  ...{ name: 'minisign-keys', parses: 'parseMinisignKey of apps/agent', input: texts([publicText], ['RW', '=']) },
  pump: { seeds: [publicText], input: (text) => text },
  parse: (text) => parseMinisignKey('publicKey', text),
  accepted: ({ id, key }, text) => {
    assert(text.length === 56 && text.startsWith('RW'), text);
    assert.equal(id.length, 8);
    assert.equal(key.asymmetricKeyType, 'ed25519');
  },
});

export const minisignFiles = target({
  ...{ name: 'minisign-files', parses: 'verifyMinisign of apps/agent: a signature that came with a policy' },
  input: texts(signatures, [
    'untrusted comment: ',
    'trusted comment: ',
    '\r\n',
    'version:99',
    ...signatures.flatMap((text) => text.split('\n')),
  ]),
  rejection: { reasons: ['PERMISSION_DENIED'] },
  pump: { seeds: signatures, input: (text) => text },
  parse: (text) => verifyMinisign(publicKey, text, digest),
  accepted: (comment, text) => {
    assert(comments.includes(comment), `${JSON.stringify(comment)} was never signed`);
    assert(text.includes(comment));
  },
});

/**
 * A trusted comment may contain anything. Its signer is the admin's key, which still must not be able to break the
 * agent.
 */
export const trustedComments = target({
  ...{
    name: 'trusted-comments',
    parses: 'assertSigned and assertNotOlder of apps/agent: the words of a trusted comment',
  },
  input: fc.record({
    comment: texts(comments, ['policy:', 'version:', 'timestamp:', '999999999999999', '1e3']).map((text) =>
      text.replaceAll(/[\r\n]/g, ' '),
    ),
    before: fc.option(
      fc.record({
        version: fc.option(fc.nat(), { nil: undefined }),
        timestamp: fc.option(fc.nat(), { nil: undefined }),
      }),
    ),
    requireName: fc.boolean(),
  }),
  rejection: { reasons: ['PERMISSION_DENIED'] },
  pump: {
    seeds: comments,
    input: (text) => ({ comment: text.replaceAll(/[\r\n]/g, ' '), before: null, requireName: false }),
  },
  parse: ({ comment, before, requireName }) => {
    const name = 'firewall' as PolicyName;
    const age = assertSigned(name, { publicKey, requireName }, signed(comment), digest);
    assertNotOlder(name, before ? { ...before, sha256: 'a' } : undefined, { ...age, sha256: 'b' });
    return age;
  },
  accepted: ({ version, timestamp }, { comment, before, requireName }) => {
    const words = comment.split(/\s+/);
    const first = (key: string) =>
      words.find((word) => word.startsWith(`${key}:`) && word.length > key.length + 1)?.slice(key.length + 1);
    if (requireName) assert.equal(first('policy'), 'firewall');
    else assert(['firewall', undefined].includes(first('policy')));
    for (const number of [version, timestamp]) assert(number === undefined || Number.isSafeInteger(number));
    if (first('version') !== undefined) assert.equal(version, Number(first('version')));
    if (before?.version !== undefined) assert(version !== undefined && version > before.version, 'it is older');
  },
});
