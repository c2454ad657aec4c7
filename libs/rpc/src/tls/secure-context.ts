// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { constants } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { TlsMaterial } from './material.js';

/**
 * TLS 1.3 only, and no resumed sessions: a resumed peer is not verified again, and could outlive its certificate or an
 * authority that was replaced.
 */
export const version = { minVersion: 'TLSv1.3', secureOptions: constants.SSL_OP_NO_TICKET } as const;

const contexts = new WeakMap<TlsMaterial, SecureContext>();

/**
 * OpenSSL's context of the material, parsed once. Throws OpenSSL's error when the key does not belong to the
 * certificate.
 */
export function secureContextOf(material: TlsMaterial): SecureContext {
  const made = contexts.get(material);
  if (made) return made;
  const context = createSecureContext({ ...material, ...version });
  contexts.set(material, context);
  return context;
}
