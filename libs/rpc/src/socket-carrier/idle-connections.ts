// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { TLSSocket } from 'node:tls';

/** How many are kept, and for how long: a server keeps them longer, so that it closes none that is about to be used. */
const [idleMax, idleMs] = [8, 30_000];

interface Idle {
  readonly socket: TLSSocket;
  readonly timer: NodeJS.Timeout;
  readonly end: () => void;
  readonly remove: () => void;
}

/** Connections to one server without a socket: eight at most, each for 30 s. The one used last is taken first. */
export class IdleConnections {
  readonly #idle: Idle[] = [];

  get count(): number {
    return this.#idle.length;
  }

  /** Keeps a connection, or closes it when there are enough, or when its server sends something or ends it. */
  put(socket: TLSSocket): void {
    if (this.#idle.length >= idleMax || socket.destroyed) return socket.destroySoon();
    const remove = () => this.#remove(idle);
    const end = () => {
      remove();
      socket.destroySoon();
    };
    const timer = setTimeout(end, idleMs).unref();
    const idle: Idle = { socket, timer, end, remove };
    this.#idle.push(idle);
    socket.on('data', end).on('end', end).on('close', remove).resume();
  }

  /** Takes one of them, which may have been closed by its server without a sign. */
  take(): TLSSocket | undefined {
    const idle = this.#idle.at(-1);
    if (!idle) return undefined;
    this.#remove(idle);
    return idle.socket;
  }

  /** Closes all. */
  clear(): void {
    for (const { socket, remove } of [...this.#idle]) {
      remove();
      socket.destroy();
    }
  }

  #remove(idle: Idle): void {
    const { socket, timer, end, remove } = idle;
    this.#idle.splice(this.#idle.indexOf(idle), 1);
    clearTimeout(timer);
    socket.off('data', end).off('end', end).off('close', remove);
  }
}
