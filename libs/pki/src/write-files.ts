// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { join } from 'node:path';
import { NewFile } from '@givc/files';

export interface FileContent {
  readonly name: string;
  readonly content: string | Buffer;
  /** The mode from the first byte on, reduced by the umask. */
  readonly mode: number;
}

/**
 * Writes files into a folder, which is created when it is missing. Each file is replaced as a whole: a reader finds the
 * old one or the new one, even after a power failure. All new files are on the disk before the first is replaced.
 * Throws like `NewFile` when one cannot be written.
 */
export async function writeFiles(folder: string, files: readonly FileContent[], folderMode = 0o777): Promise<void> {
  const made: NewFile[] = [];
  try {
    for (const { name, content, mode } of files) {
      const file = await NewFile.create(join(folder, name), { mode, makeFolder: true, folderMode });
      made.push(file);
      await file.write(Buffer.from(content));
      await file.finish();
    }
    for (const file of made) await file.replace();
  } finally {
    for (const file of made) await file.discard();
  }
}
