// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Writable } from 'node:stream';

/**
 * The bytes of a message that are handed to the stream at once. TLS keeps them twice until the peer reads, encrypted
 * for this connection, while the pieces are shared by all calls.
 */
const bytesAtOnce = 64 * 1024;

/** A message in pieces on its way into a stream, which has no more than a part of it at any time. */
export class OutgoingPieces {
  #next = 0;

  /** `onRead` is called with the size of each part that has left this process, and `onSent` after the last one. */
  constructor(
    private readonly stream: Writable,
    private readonly pieces: readonly Uint8Array[],
    private readonly onRead: (bytes: number) => void,
    private readonly onSent: () => void,
  ) {
    this.#write(bytesAtOnce);
  }

  /** Hands over all that is left. The pieces are not copied before the peer wants them. */
  flush(): void {
    if (this.#isComplete) return;
    this.#write(Infinity);
  }

  get #isComplete(): boolean {
    return this.#next === this.pieces.length;
  }

  #write(limit: number): void {
    const { stream, pieces } = this;
    const part: Uint8Array[] = [];
    let bytes = 0;
    for (; !this.#isComplete && bytes < limit; this.#next++) {
      const piece = pieces[this.#next]!;
      part.push(piece);
      bytes += piece.length;
    }
    const isLast = this.#isComplete;
    const last = part.pop()!;
    stream.cork();
    for (const piece of part) stream.write(piece);
    stream.write(last, (error) => {
      this.onRead(bytes);
      if (error) return;
      if (isLast) this.onSent();
      else if (!this.#isComplete) this.#write(bytesAtOnce);
    });
    stream.uncork();
  }
}
