// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { join } from 'node:path';

/**
 * The path of a file; `%d/NAME` is the credential of that name (systemd.exec(5), LoadCredential=), as `%d` is in units.
 * Where there are no credentials it stays as it is, so that the error names it.
 */
export function credentialPath(path: string): string {
  const folder = process.env['CREDENTIALS_DIRECTORY'];
  return folder && path.startsWith('%d/') ? join(folder, path.slice('%d/'.length)) : path;
}
