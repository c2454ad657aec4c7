// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Readable } from 'node:stream';

/** Node passes on parts of what it has read from a connection; a small part would retain all of it. */
export function ownBytes(chunk: Buffer): Buffer {
  const { byteLength } = chunk.buffer;
  if (byteLength <= 2_048 || chunk.length * 2 >= byteLength) return chunk;
  const copy = Buffer.allocUnsafeSlow(chunk.length);
  chunk.copy(copy);
  return copy;
}

/**
 * Calls `count` with the size of each chunk that arrives in a stream, also while it is paused, and keeps no more memory
 * than that. Node (20) fills a paused stream of HTTP/2 up to its window and has no event for that, so this replaces the
 * method by which it does: arriving-bytes.spec.ts fails when that changes.
 */
export function onArrival(stream: Pick<Readable, 'push'>, count: (bytes: number) => void): void {
  const push = stream.push.bind(stream);
  stream.push = (chunk: Buffer | null, encoding) => {
    if (!chunk) return push(chunk, encoding);
    const own = ownBytes(chunk);
    count(own.length);
    return push(own, encoding);
  };
}
