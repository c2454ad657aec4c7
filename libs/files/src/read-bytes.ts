// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** More than any file has that a daemon reads as a whole. */
const maxBytes = 64 * 1_024 * 1_024;
const chunkBytes = 64 * 1_024;

function tooLong(): Error {
  return new Error(`it is too long: expected at most ${maxBytes} bytes`);
}

/**
 * The bytes of a file. It waits for nothing and reads at most 64 MiB, whatever is at the path: throws for a named pipe,
 * as for an error of the system, which has a `code`. Symlinks are followed.
 */
export function readBytes(path: string): Buffer {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = fstatSync(descriptor);
    if (status.isFIFO()) throw new Error('it is a named pipe: expected a file');
    if (status.size > maxBytes) throw tooLong();
    const chunks: Buffer[] = [];
    for (let size = 0; ;) {
      const chunk = Buffer.alloc(chunkBytes);
      const read = readSync(descriptor, chunk);
      if (read === 0) return Buffer.concat(chunks);
      size += read;
      if (size > maxBytes) throw tooLong();
      chunks.push(chunk.subarray(0, read));
    }
  } finally {
    closeSync(descriptor);
  }
}
