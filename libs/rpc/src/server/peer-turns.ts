// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ServerHttp2Session } from 'node:http2';
import { pauseReading, resumeReading } from '../node/session-reading.js';

/** How many calls of one peer begin in one turn. */
const callsInTurn = 64;

interface Turn {
  calls: number;
  /** Calls that begin in a later turn, oldest first. */
  readonly waiting: (() => void)[];
}

/**
 * Has peers take turns: of one that opens many calls at once, over however many connections, 64 begin, and nothing more
 * is read and no more begin until all that the other connections have brought by then is handled. Node reads 512 KiB of
 * each connection before it looks at the next, which may be thousands of calls.
 */
export class PeerTurns {
  readonly #sessions = new Map<string, Set<ServerHttp2Session>>();
  readonly #turns = new Map<string, Turn>();

  follow(session: ServerHttp2Session, peer: string): void {
    const sessions = this.#sessions.get(peer) ?? new Set();
    this.#sessions.set(peer, sessions.add(session));
    if ((this.#turns.get(peer)?.calls ?? 0) >= callsInTurn) pauseReading(session);
    session.once('close', () => {
      sessions.delete(session);
      if (sessions.size === 0) this.#sessions.delete(peer);
    });
  }

  /** Begins a call of the peer in its turn, which may be now. */
  take(peer: string, begin: () => void): void {
    if (this.#turns.size === 0) setImmediate(() => this.#next());
    const turn = this.#turns.get(peer) ?? { calls: 0, waiting: [] };
    this.#turns.set(peer, turn);
    if (turn.calls >= callsInTurn) return void turn.waiting.push(begin);
    if (++turn.calls === callsInTurn) for (const session of this.#sessionsOf(peer)) pauseReading(session);
    begin();
  }

  #next(): void {
    const ended = [...this.#turns];
    this.#turns.clear();
    for (const [peer, { calls, waiting }] of ended) {
      for (const begin of waiting) this.take(peer, begin);
      if (calls < callsInTurn || (this.#turns.get(peer)?.calls ?? 0) >= callsInTurn) continue;
      for (const session of this.#sessionsOf(peer)) resumeReading(session);
    }
  }

  #sessionsOf(peer: string): Iterable<ServerHttp2Session> {
    return this.#sessions.get(peer) ?? [];
  }
}
