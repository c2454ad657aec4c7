import type { ServerHttp2Session } from 'node:http2';

/** What is below a connection, of which Node (20) has no interface while HTTP/2 reads from it. */
interface Readable {
  readStop(): unknown;
  readStart(): unknown;
}

/** How many calls one peer may open until the others have had their turn. */
const callsInTurn = 64;

/**
 * Has peers take turns: of one that opens many calls at once, over however many connections, nothing more is read until all
 * that the other connections have brought by then is handled. Node reads 512 KiB of each connection before it looks at the
 * next, which may be thousands of calls.
 */
export class PeerTurns {
  readonly #sessions = new Map<string, Set<ServerHttp2Session>>();
  /** How many calls each peer has opened in this turn. */
  readonly #calls = new Map<string, number>();

  follow(session: ServerHttp2Session, peer: string): void {
    const sessions = this.#sessions.get(peer) ?? new Set();
    this.#sessions.set(peer, sessions.add(session));
    if ((this.#calls.get(peer) ?? 0) >= callsInTurn) handleOf(session)?.readStop();
    session.on('stream', () => this.#open(peer));
    session.once('close', () => {
      sessions.delete(session);
      if (sessions.size === 0) this.#sessions.delete(peer);
    });
  }

  #open(peer: string): void {
    if (this.#calls.size === 0) setImmediate(() => this.#begin());
    const calls = (this.#calls.get(peer) ?? 0) + 1;
    this.#calls.set(peer, calls);
    if (calls === callsInTurn) for (const session of this.#sessions.get(peer) ?? []) handleOf(session)?.readStop();
  }

  #begin(): void {
    const stopped = [...this.#calls].filter(([, calls]) => calls >= callsInTurn).map(([peer]) => peer);
    this.#calls.clear();
    for (const peer of stopped) for (const session of this.#sessions.get(peer) ?? []) handleOf(session)?.readStart();
  }
}

/** Undefined of a connection that has ended. */
const handleOf = (session: ServerHttp2Session): Readable | undefined | null =>
  session.destroyed ? undefined : (session.socket as unknown as { readonly _handle?: Readable | null })._handle;
