// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes a folder, which is removed after its use. */
export async function withFolder<Value>(use: (folder: string) => Value | Promise<Value>): Promise<Value> {
  const folder = mkdtempSync(join(tmpdir(), 'givc-fuzz-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
