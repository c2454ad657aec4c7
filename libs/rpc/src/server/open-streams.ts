// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';

/**
 * Counts the streams of each peer over all its connections until they are closed. Streams of rejected calls count as
 * well, because a peer that does not read its answers keeps them open. When a peer has more than `max`, the connection
 * of the last one is ended.
 */
export class OpenStreams {
  readonly #counts = new Map<string, number>();

  constructor(private readonly max: number) {}

  /** Counts a stream of the peer. Returns false if there are too many, and then ends the connection. */
  add(session: ServerHttp2Session, peer: string, stream: ServerHttp2Stream): boolean {
    this.#count(peer, 1);
    stream.once('close', () => this.#count(peer, -1));
    if (this.#counts.get(peer)! <= this.max) return true;
    session.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM);
    return false;
  }

  #count(peer: string, more: 1 | -1): void {
    const count = (this.#counts.get(peer) ?? 0) + more;
    if (count === 0) this.#counts.delete(peer);
    else this.#counts.set(peer, count);
  }
}
