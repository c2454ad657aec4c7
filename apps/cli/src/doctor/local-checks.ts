// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { check, checkCertificate, checkKeyFile, runChecks, type CheckResult } from '@givc/checks';
import { messageOf, type Address } from '@givc/model';
import { readTlsMaterial, type TlsFiles, type TlsMaterial } from '@givc/rpc';
import { localAddress } from './local-address.js';

/** The result of the checks on this machine, and the certificate if it can be used. */
export interface LocalChecks {
  readonly results: readonly CheckResult[];
  /** Undefined without TLS, and when the files cannot be used. */
  readonly material: TlsMaterial | undefined;
  readonly isUsable: boolean;
}

/** The certificate of this command line: its files, dates, chain, names and address. */
export async function localChecks(files: TlsFiles | undefined, admin: Address): Promise<LocalChecks> {
  if (!files) return { results: withoutTls(admin), material: undefined, isUsable: true };
  const { ca, cert, key } = files;
  const { ok, failure } = check('certificate-files', cert);
  let material: TlsMaterial;
  try {
    material = readTlsMaterial(files);
  } catch (error) {
    const fix = 'issue them (givc-cli certs issue), or name others by --cacert, --cert and --key';
    const results = [failure(`cannot be used: ${messageOf(error)}`, fix)];
    return { results, material: undefined, isUsable: false };
  }
  const own = await localAddress(admin);
  const results = await runChecks([
    { id: 'certificate-files', subject: cert, run: () => [ok('belongs to its key, and can be read')] },
    {
      id: 'certificate-dates',
      subject: cert,
      run: () => checkCertificate(material, { cert, ca, addresses: own && [own] }),
    },
    { id: 'key-permissions', subject: key, run: async () => [await checkKeyFile(key)] },
  ]);
  return { results, material, isUsable: true };
}

function withoutTls({ protocol }: Address): CheckResult[] {
  const { ok, warning } = check('tls', 'the connection to the admin');
  return protocol === 'unix'
    ? [ok('is a unix socket without TLS')]
    : [warning('is in plain text, without authentication', 'leave out --notls, and use --cacert, --cert and --key')];
}
