// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Metadata } from './wire/metadata.js';

const key = 'policy-signature';
const maxLength = 4_096;

/** The metadata to send with a policy, so that its receiver can verify it; `proto/policyadmin` describes it. */
export const policySignature = (text: string | undefined): Readonly<Record<string, string>> =>
  text === undefined ? {} : { [key]: Buffer.from(text).toString('base64') };

/** The signature that was sent with a policy; undefined without one. */
export function policySignatureOf(metadata: Pick<Metadata, 'get'>): string | undefined {
  const [value] = metadata.get(key);
  return typeof value === 'string' && value.length <= maxLength ? Buffer.from(value, 'base64').toString() : undefined;
}
