// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ServerHttp2Session } from 'node:http2';
import { pauseReading, resumeReading } from '../node/session-reading.js';

/** The maximum number of calls of a peer that begin in one iteration of the event loop. */
const callsPerIteration = 64;

/** The calls of a peer in this iteration. */
interface Batch {
  calls: number;
  /** Calls that begin in a later iteration, oldest first. */
  readonly waiting: (() => void)[];
}

/**
 * Limits each peer to 64 new calls per iteration of the event loop, over all its connections. Beyond that, its
 * connections are not read until the other peers have been served. Node reads up to 512 KiB of a connection before it
 * reads the next one, which may be thousands of calls.
 */
export class PeerThrottle {
  readonly #sessions = new Map<string, Set<ServerHttp2Session>>();
  readonly #batches = new Map<string, Batch>();

  follow(session: ServerHttp2Session, peer: string): void {
    const sessions = this.#sessions.get(peer) ?? new Set();
    this.#sessions.set(peer, sessions.add(session));
    if ((this.#batches.get(peer)?.calls ?? 0) >= callsPerIteration) pauseReading(session);
    session.once('close', () => {
      sessions.delete(session);
      if (sessions.size === 0) this.#sessions.delete(peer);
    });
  }

  /** Begins a call of the peer, now or in a later iteration. */
  begin(peer: string, call: () => void): void {
    if (this.#batches.size === 0) setImmediate(() => this.#next());
    const batch = this.#batches.get(peer) ?? { calls: 0, waiting: [] };
    this.#batches.set(peer, batch);
    if (batch.calls >= callsPerIteration) return void batch.waiting.push(call);
    if (++batch.calls === callsPerIteration) for (const session of this.#sessionsOf(peer)) pauseReading(session);
    call();
  }

  #next(): void {
    const ended = [...this.#batches];
    this.#batches.clear();
    for (const [peer, { calls, waiting }] of ended) {
      for (const call of waiting) this.begin(peer, call);
      if (calls < callsPerIteration || (this.#batches.get(peer)?.calls ?? 0) >= callsPerIteration) continue;
      for (const session of this.#sessionsOf(peer)) resumeReading(session);
    }
  }

  #sessionsOf(peer: string): Iterable<ServerHttp2Session> {
    return this.#sessions.get(peer) ?? [];
  }
}
