// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

const headBytes = 5;

/** The parts of the bytes of a call, in order. */
export interface FrameEvents {
  /** A message of this size follows. */
  onBegin(length: number, isCompressed: boolean): void;
  /** The message that began last is complete. */
  onEnd(): void;
}

/**
 * Finds the messages in the bytes of a call, without keeping them
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
 */
export class MessageFrames {
  #headRead = 0;
  #flag = 0;
  #length = 0;
  #left = 0;

  /** Whether a message has begun that is not complete, or whose length is not known yet. */
  get isWithin(): boolean {
    return this.#headRead > 0;
  }

  read(bytes: Uint8Array, events: FrameEvents): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#headRead < headBytes) {
        const byte = bytes[at++]!;
        if (this.#headRead++ === 0) this.#flag = byte;
        else this.#length = this.#length * 256 + byte;
        if (this.#headRead < headBytes) continue;
        this.#left = this.#length;
        events.onBegin(this.#length, this.#flag !== 0);
      } else {
        const taken = Math.min(this.#left, bytes.length - at);
        this.#left -= taken;
        at += taken;
      }
      if (this.#left > 0) continue;
      this.#headRead = 0;
      this.#length = 0;
      events.onEnd();
    }
  }
}
