// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type Authority } from './authority.js';
import { type Issued } from './issue.js';
import { writeFiles } from './write-files.js';

/**
 * Writes `ca-cert.pem`, `cert.pem` and `key.pem` (readable by its owner alone) into the folder, which is created when
 * it is missing. Each file is replaced as a whole: a reader finds the old one or the new one.
 */
export async function writeCertificates(folder: string, authority: Authority, issued: Issued): Promise<void> {
  await writeFiles(folder, [
    { name: 'ca-cert.pem', content: authority.trusted, mode: 0o644 },
    { name: 'key.pem', content: issued.key, mode: 0o600 },
    { name: 'cert.pem', content: issued.certificate, mode: 0o644 },
  ]);
}
