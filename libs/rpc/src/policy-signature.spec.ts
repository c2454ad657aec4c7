// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Metadata } from '@grpc/grpc-js';
import { policySignature, policySignatureOf } from './policy-signature.js';

const received = (sent: Readonly<Record<string, string>>): Metadata => {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(sent)) metadata.set(key, value);
  return metadata;
};

describe('the signature of a policy', () => {
  it('arrives unchanged, in base64 because headers have no lines', () => {
    const text = 'untrusted comment: ä\nRWQ=\n';
    expect(policySignature(text)).toEqual({ 'policy-signature': Buffer.from(text).toString('base64') });
    expect(policySignatureOf(received(policySignature(text)))).toBe(text);
  });

  it('is undefined when no signature was sent', () => {
    expect(policySignature(undefined)).toEqual({});
    expect(policySignatureOf(new Metadata())).toBeUndefined();
  });

  it('is not read when it has more than 4,096 characters', () => {
    const most = 'x'.repeat(3_072);
    expect(policySignatureOf(received(policySignature(most)))).toBe(most);
    expect(policySignatureOf(received(policySignature(`${most}x`)))).toBeUndefined();
  });
});
