// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createAuthority, type Authority, type IssueOptions } from '@givc/pki';
import { TlsIdentity, type TlsMaterial } from '@givc/rpc';

/** A certificate and its key, for calls from and to loopback addresses by default. */
export function tlsMaterial(authority: Authority, options: Partial<IssueOptions> & { name: string }): TlsMaterial {
  const { certificate, key } = authority.issue({ addresses: ['127.0.0.1', '::1'], ...options });
  return { ca: Buffer.from(authority.certificate), cert: Buffer.from(certificate), key: Buffer.from(key) };
}

/** A new authority, for certificates of a test. It is valid for a century. */
export const testAuthority = (): Authority => createAuthority({ name: 'Test', days: 36_500 });

/** The identity of a server or a client with this certificate; undefined without one. */
export const identityOf = (tls: TlsMaterial | undefined): TlsIdentity | undefined => tls && new TlsIdentity(tls);
