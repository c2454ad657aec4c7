// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { frameOf, framePrefix } from '../wire/message.js';

/** A message up to this size is kept in one piece. */
const copiedBytes = 16 * 1024;

/**
 * A response that is encoded already, which a handler may return or write in place of its message. Its bytes are not
 * copied for each call, so they must not change.
 */
export class Encoded {
  /** The message with its prefix, in pieces. A larger one shares the bytes that it was made of. */
  readonly pieces: readonly [Buffer, ...Uint8Array[]];
  /** The size with the prefix. */
  readonly length: number;

  /** The bytes of the message, which may be in several pieces. */
  constructor(...pieces: readonly Uint8Array[]) {
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
    this.pieces =
      bytes <= copiedBytes || pieces.length === 1
        ? [frameOf(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, bytes))]
        : [framePrefix(bytes), ...pieces];
    this.length = this.pieces.reduce((sum, { length }) => sum + length, 0);
  }

  /** The message with its prefix, in one piece. */
  get frame(): Buffer {
    const [first, ...more] = this.pieces;
    return more.length === 0 ? first : Buffer.concat(this.pieces, this.length);
  }
}
