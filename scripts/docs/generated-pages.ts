// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Page } from './page.js';

/** The reference, from what the programs know about themselves. */
export function generatedPages(): Promise<readonly Page[]> {
  return Promise.resolve([]);
}
