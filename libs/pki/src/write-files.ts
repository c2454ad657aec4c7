// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '@givc/files';
import { GivcError, messageOf } from '@givc/model';

export interface FileContent {
  readonly name: string;
  readonly content: string | Buffer;
  /** From the first byte on, less what the umask takes. */
  readonly mode: number;
}

/** Opens a folder or file and waits until the disk has it (fsync(2)). */
export async function flush(path: string): Promise<void> {
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What to throw when `path` cannot be written: FAILED_PRECONDITION, unless it is known already why. */
export const writeError = (path: string, error: unknown): GivcError =>
  error instanceof GivcError
    ? error
    : new GivcError('FAILED_PRECONDITION', `cannot write ${path}: ${messageOf(error)}`, { cause: error });

/**
 * Writes files into a folder, which is made if need be. Each is replaced as a whole: a reader, also one after a power
 * cut, finds the old one or the new one. All of them are on the disk before the first is replaced. Throws
 * FAILED_PRECONDITION when the folder cannot be written.
 */
export async function writeFiles(folder: string, files: readonly FileContent[], folderMode = 0o777): Promise<void> {
  const suffix = randomBytes(6).toString('hex');
  const besides = files.map(({ name }) => join(folder, `.${name}.${suffix}`));
  try {
    await makeFolder(folder, folderMode);
    for (const [at, { content, mode }] of files.entries()) {
      const handle = await open(besides[at]!, 'wx', mode);
      try {
        await handle.writeFile(content);
        await handle.sync();
      } finally {
        await handle.close();
      }
    }
    for (const [at, { name }] of files.entries()) await rename(besides[at]!, join(folder, name));
    await flush(folder);
  } catch (error) {
    await Promise.allSettled(besides.map((beside) => rm(beside, { force: true })));
    throw writeError(folder, error);
  }
}
