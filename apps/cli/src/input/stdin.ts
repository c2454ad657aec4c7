// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';

/**
 * All bytes of stdin; none when stdin is a terminal. INVALID_ARGUMENT that names `what` when there are more than `max`
 * bytes.
 */
export async function readStdin(what: string, max: number): Promise<Buffer> {
  if (process.stdin.isTTY) return Buffer.alloc(0);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > max)
      throw new GivcError('INVALID_ARGUMENT', `${what} on stdin is too long: expected at most ${max} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
