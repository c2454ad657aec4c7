// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ServerLimits } from './limits.js';

/** The answers to one peer. */
interface Share {
  /** The bytes of those that are on their way. */
  bytes: number;
  /** Those that are not encoded yet, oldest first. */
  readonly waiting: Set<() => void>;
}

/**
 * Counts the answers that peers have not read. A peer with the maximum number of unread bytes gets its next answer once
 * it has read some. Until then the response is not encoded, so it uses no memory. The rule of `ServerLimits` holds, but
 * each peer may always have one answer.
 */
export class UnreadAnswers {
  readonly #shares = new Map<string, Share>();
  readonly #waiting = new Set<Share>();
  #bytes = 0;

  constructor(private readonly limits: Pick<ServerLimits, 'unreadBytes' | 'unreadBytesOfPeer'>) {}

  /** Whether the peer may have one more answer now, and none waits. */
  hasRoom(peer: string): boolean {
    const share = this.#shares.get(peer);
    return !share || (share.waiting.size === 0 && this.#mayHaveMore(share));
  }

  /** Calls `send` as soon as the peer may have one more answer, possibly at once. */
  enter(peer: string, send: () => void): void {
    const share = this.#shareOf(peer);
    share.waiting.add(send);
    this.#admit(share);
    this.#forgetIdle(peer, share);
  }

  /** Drops the answer, if it has not been sent. */
  leave(peer: string, send: () => void): void {
    const share = this.#shareOf(peer);
    share.waiting.delete(send);
    this.#admit(share);
    this.#forgetIdle(peer, share);
  }

  /** Adds bytes to those on their way to the peer, or removes them. */
  count(peer: string, bytes: number): void {
    const share = this.#shareOf(peer);
    share.bytes += bytes;
    this.#bytes += bytes;
    this.#forgetIdle(peer, share);
    if (bytes < 0 && this.#waiting.size > 0) for (const each of [...this.#waiting]) this.#admit(each);
  }

  #shareOf(peer: string): Share {
    let share = this.#shares.get(peer);
    if (!share) this.#shares.set(peer, (share = { bytes: 0, waiting: new Set() }));
    return share;
  }

  #admit(share: Share): void {
    for (const send of share.waiting) {
      if (!this.#mayHaveMore(share)) break;
      share.waiting.delete(send);
      send();
    }
    if (share.waiting.size > 0) this.#waiting.add(share);
    else this.#waiting.delete(share);
  }

  #mayHaveMore({ bytes }: Share): boolean {
    const { unreadBytes, unreadBytesOfPeer } = this.limits;
    return bytes === 0 || bytes < Math.min(unreadBytesOfPeer, unreadBytes - this.#bytes);
  }

  #forgetIdle(peer: string, share: Share): void {
    if (share.bytes === 0 && share.waiting.size === 0) this.#shares.delete(peer);
  }
}
