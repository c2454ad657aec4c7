import { createAuthority, type Authority, type IssueOptions } from '@givc/pki';
import { TlsIdentity, type TlsMaterial } from '@givc/rpc';

/** The material of a machine on loopback, or with whatever else is wanted. */
export function tlsMaterial(authority: Authority, options: Partial<IssueOptions> & { name: string }): TlsMaterial {
  const { certificate, key } = authority.issue({ addresses: ['127.0.0.1', '::1'], ...options });
  return { ca: Buffer.from(authority.certificate), cert: Buffer.from(certificate), key: Buffer.from(key) };
}

/** Outlives the certificates that begin in the next century. */
export const testAuthority = (): Authority => createAuthority({ name: 'Test', days: 36_500 });

export const identityOf = (tls: TlsMaterial | undefined): TlsIdentity | undefined => tls && new TlsIdentity(tls);
