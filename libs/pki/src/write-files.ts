// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { join } from 'node:path';
import { NewFile } from '@givc/files';

export interface FileContent {
  readonly name: string;
  readonly content: string | Buffer;
  /** From the first byte on, less what the umask takes. */
  readonly mode: number;
}

/**
 * Writes files into a folder, which is made if need be. Each is replaced as a whole: a reader, also one after a power
 * cut, finds the old one or the new one. All of them are on the disk before the first is replaced. Throws as `NewFile`
 * when one cannot be written.
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
