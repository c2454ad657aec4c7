// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Access } from '@givc/access';
import { check, checkCertificate, checkCertificateFiles, checkKeyFile, type Check } from '@givc/checks';
import type { Address } from '@givc/model';
import type { AdminConfig } from '../admin.config.js';

/** The configuration, the certificate and the key of the admin. */
export function accessChecks(
  { access: { tls }, name, warnings }: AdminConfig,
  { identity }: Access,
  addresses: readonly Address[],
): Check[] {
  const { cert, ca } = tls ?? { cert: 'its certificate', ca: 'its authorities' };
  return [
    {
      id: 'configuration',
      subject: name,
      run: () =>
        warnings.length === 0
          ? [check('configuration', name).ok('has a configuration without a mistake')]
          : warnings.map((line) =>
              check('configuration', name).warning(
                `has a setting without the meant effect: ${line}`,
                'correct the settings of the admin (givc-admin --check)',
              ),
            ),
    },
    ...(identity
      ? [
          {
            id: 'certificate-dates' as const,
            subject: cert,
            run: () => checkCertificate(identity.material, { cert, ca, name, addresses }),
          },
        ]
      : []),
    ...(tls
      ? [
          { id: 'certificate-files' as const, subject: cert, run: () => [checkCertificateFiles(tls)] },
          { id: 'key-permissions' as const, subject: tls.key, run: async () => [await checkKeyFile(tls.key)] },
        ]
      : []),
  ];
}
