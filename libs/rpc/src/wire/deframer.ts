// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { prefixBytes } from './message.js';

/** A message as it was received. */
export interface Frame {
  /** May share its memory with the bytes that were received. */
  readonly message: Buffer;
  /** By the encoding in the header grpc-encoding. */
  readonly isCompressed: boolean;
}

/** The prefix of a message has a length above the limit. */
export class MessageTooLarge extends Error {
  constructor(
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(`Received message larger than max (${bytes} vs ${limit})`);
  }
}

/**
 * Chunks below this size are copied together, so that a message in many small ones needs little more than its bytes.
 */
const smallChunk = 1_024;
const blockBytes = 16_384;

/**
 * Finds the messages in the bytes of a call. It keeps only what has arrived and was not read: the length that a prefix
 * announces is compared with the limit, and nothing is allocated for it before the message is complete. Each byte of a
 * message is copied at most twice, however many chunks it arrives in; a message in one chunk is not copied.
 */
export class Deframer {
  readonly #chunks: Buffer[] = [];
  /** The number of bytes of the first chunk that were read. */
  #at = 0;
  #buffered = 0;
  /** The last chunk is the part of this block that is used, when it was made of small chunks. */
  #block: Buffer | undefined;
  #blockUsed = 0;
  /** The length in the prefix of the current message; -1 without one. */
  #length = -1;
  #isCompressed = false;

  /** The limit of a message in bytes, without its prefix. */
  constructor(private readonly limit: number) {}

  /** The number of bytes that are buffered. */
  get buffered(): number {
    return this.#buffered;
  }

  /** Whether there is a message that is incomplete, or was not read. */
  get isWithin(): boolean {
    return this.#buffered > 0 || this.#length >= 0;
  }

  /** The length of the message whose prefix `read` has seen and which is not complete. */
  get awaitedBytes(): number | undefined {
    return this.#length < 0 ? undefined : this.#length;
  }

  write(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#buffered += chunk.length;
    if (this.#chunks.length > 0 && chunk.length < smallChunk) this.#append(chunk);
    else {
      this.#block = undefined;
      this.#chunks.push(chunk);
    }
  }

  /**
   * The next message; undefined until all of it has arrived. Throws `MessageTooLarge` as soon as its prefix announces
   * more than the limit, and then again for each call.
   */
  read(): Frame | undefined {
    if (this.#length < 0) {
      if (this.#buffered < prefixBytes) return undefined;
      const prefix = this.#take(prefixBytes);
      this.#isCompressed = prefix[0] !== 0;
      this.#length = prefix.readUInt32BE(1);
    }
    if (this.#length > this.limit) throw new MessageTooLarge(this.#length, this.limit);
    if (this.#buffered < this.#length) return undefined;
    const message = this.#take(this.#length);
    this.#length = -1;
    return { message, isCompressed: this.#isCompressed };
  }

  #append(chunk: Buffer): void {
    if (!this.#block || this.#blockUsed + chunk.length > blockBytes) {
      this.#block = Buffer.allocUnsafeSlow(blockBytes);
      this.#blockUsed = 0;
      this.#chunks.push(this.#block.subarray(0, 0));
    }
    const last = this.#chunks.length - 1;
    const start = this.#blockUsed - this.#chunks[last]!.length;
    this.#block.set(chunk, this.#blockUsed);
    this.#blockUsed += chunk.length;
    this.#chunks[last] = this.#block.subarray(start, this.#blockUsed);
  }

  /** Removes and returns this many bytes; at least as many must be buffered. */
  #take(bytes: number): Buffer {
    this.#buffered -= bytes;
    const first = this.#chunks[0];
    if (!first) return Buffer.alloc(0);
    if (first.length - this.#at >= bytes) {
      const taken = first.subarray(this.#at, this.#at + bytes);
      this.#skip(bytes);
      return taken;
    }
    const taken = Buffer.allocUnsafe(bytes);
    for (let done = 0; done < bytes;) {
      const part = this.#chunks[0]!.subarray(this.#at, this.#at + bytes - done);
      taken.set(part, done);
      done += part.length;
      this.#skip(part.length);
    }
    return taken;
  }

  /** Removes bytes of the first chunk; it must have at least as many. */
  #skip(bytes: number): void {
    this.#at += bytes;
    if (this.#at < this.#chunks[0]!.length) return;
    this.#chunks.shift();
    this.#at = 0;
    if (this.#chunks.length === 0) this.#block = undefined;
  }
}
