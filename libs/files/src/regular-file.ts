// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/** Does not follow a symlink at the path, and does not wait for the other end of a pipe. */
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Opens a regular file of at most `maxBytes`; undefined when there is no such file or it cannot be read. The caller
 * closes it.
 */
export async function openRegular(path: string, maxBytes: number): Promise<FileHandle | undefined> {
  const handle = await open(path, flags).catch(() => undefined);
  if (!handle) return undefined;
  let isFit = false;
  try {
    const status = await handle.stat();
    isFit = status.isFile() && status.size <= maxBytes;
  } finally {
    if (!isFit) await handle.close();
  }
  return isFit ? handle : undefined;
}

/** The hash, in hexadecimal, of the file that `openRegular` would open. */
export async function sha256Of(path: string, maxBytes: number): Promise<string | undefined> {
  const handle = await openRegular(path, maxBytes);
  if (!handle) return undefined;
  const hash = createHash('sha256');
  for await (const chunk of handle.createReadStream()) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
