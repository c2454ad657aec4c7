// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Metadata } from '@grpc/grpc-js';

const key = 'policy-signature';
const maxLength = 4_096;

/** What to send ahead of a policy, so that its receiver can verify it; `proto/policyadmin` describes it. */
export const policySignature = (text: string | undefined): Readonly<Record<string, string>> =>
  text === undefined ? {} : { [key]: Buffer.from(text).toString('base64') };

/** The signature that came ahead of a policy, if one did. */
export function policySignatureOf(metadata: Metadata): string | undefined {
  const [value] = metadata.get(key);
  return typeof value === 'string' && value.length <= maxLength ? Buffer.from(value, 'base64').toString() : undefined;
}
