// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { metadataOf } from './metadata.js';
import { SocketStreamService as Generated, StreamFrame } from './generated/socket/socket.js';

const [chunkTag, eofTag] = [0x0a, 0x10];
const eof = Buffer.from([eofTag, 1]);

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 0x7f; rest >>>= 7) size++;
  return size;
}

function writeVarint(bytes: Buffer, at: number, value: number): number {
  let rest = value;
  while (rest > 0x7f) {
    bytes[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  return at;
}

/** Encodes as the generated code does, with one copy of the chunk instead of two. */
function serialize({ Chunk, Eof }: StreamFrame): Buffer {
  if (Chunk.length === 0) return Eof ? eof : Buffer.alloc(0);
  const bytes = Buffer.allocUnsafe(1 + varintSize(Chunk.length) + Chunk.length + (Eof ? eof.length : 0));
  bytes[0] = chunkTag;
  const start = writeVarint(bytes, 1, Chunk.length);
  bytes.set(Chunk, start);
  if (Eof) bytes.set(eof, start + Chunk.length);
  return bytes;
}

/** A message with only a chunk, as nearly all are, is not copied; every other is left to the generated code. */
function deserialize(bytes: Buffer): StreamFrame {
  if (bytes[0] === chunkTag) {
    let length = 0;
    for (let at = 1, shift = 0; at < bytes.length && shift <= 21; at++, shift += 7) {
      length |= (bytes[at]! & 0x7f) << shift;
      if (bytes[at]! > 0x7f) continue;
      if (at + 1 + length !== bytes.length) break;
      return { Chunk: bytes.subarray(at + 1), Eof: false };
    }
  }
  return StreamFrame.decode(bytes);
}

/**
 * The metadata by which either end of a call says that its `Eof` ends one direction only. By the contract, the `Eof` of
 * an end without it ends the connection.
 */
export const halfCloseKey = 'givc-half-close';

/** What either end of a socket with a connection of its own does without saying so. */
export const impliedMetadata = metadataOf({ [halfCloseKey]: '1' });

/** `socketproxy.SocketStream`; its frames carry all data of sockets, so they have their own codec. */
export const SocketStreamService = {
  transferData: {
    ...Generated.transferData,
    /** Copies the chunk once. */
    requestSerialize: serialize,
    /** Does not copy the chunk. */
    requestDeserialize: deserialize,
    /** Copies the chunk once. */
    responseSerialize: serialize,
    /** Does not copy the chunk. */
    responseDeserialize: deserialize,
  },
} as const;
