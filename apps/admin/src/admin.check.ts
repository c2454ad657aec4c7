// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { checkAccessFiles } from '@givc/access';
import { notChecked, type Checked } from '@givc/daemon';
import type { AdminConfig } from './admin.config.js';

/**
 * Reads the files that a configuration names as the admin does at its start, but starts nothing; without `files` it
 * does not read them.
 */
export async function checkAdmin({ access, name, listen, warnings }: AdminConfig, files: boolean): Promise<Checked> {
  const found = await checkAccessFiles(access, { daemon: 'admin', name, addresses: listen }, files);
  return {
    mistakes: found.mistakes,
    warnings: [...warnings, ...found.warnings],
    summary: `the configuration is valid; not checked: ${files ? '' : 'the files that it names, '}${notChecked}`,
  };
}
