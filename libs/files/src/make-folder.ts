// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Creates a folder and the missing folders above it; existing folders are not changed. Rejects with the error of the
 * first folder that cannot be created, because Node.js (20) reports ENOENT for all of them when the file system is
 * read-only.
 */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') await mkdir(await firstMissing(path), { mode });
    throw error;
  }
}

async function firstMissing(path: string): Promise<string> {
  const above = dirname(path);
  const isThere = above === path || (await stat(above).catch(() => undefined)) !== undefined;
  return isThere ? path : firstMissing(above);
}
