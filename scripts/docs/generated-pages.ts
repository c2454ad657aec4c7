// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Page } from './page.js';
import { actionPage, recordPage } from './reference/actions.js';
import { commandPages } from './reference/commands.js';
import { schemaPages } from './reference/json-schemas.js';
import { logPage } from './reference/log-events.js';
import { metricsPage } from './reference/metrics.js';
import { nixPages } from './reference/nix-options.js';
import { protoPages } from './reference/protos.js';

/** The reference, from what the programs know about themselves. `root` is the folder of the repository. */
export async function generatedPages(root: string): Promise<readonly Page[]> {
  return [
    ...(await commandPages()),
    ...schemaPages(),
    ...[actionPage(root), recordPage(), logPage(root), await metricsPage()],
    ...nixPages(root),
    ...protoPages(root),
  ];
}
