// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';

/** The key of a connection, with or without TLS. */
type Named = Pick<Socket, 'remoteAddress' | 'remotePort' | 'localAddress' | 'localPort'>;

/** Undefined for a connection that is closed or has no addresses. */
const nameOf = ({ remoteAddress, remotePort, localAddress, localPort }: Named): string | undefined =>
  remoteAddress === undefined || remotePort === undefined
    ? undefined
    : `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;

/** The connections of one origin, oldest first. */
interface Origin {
  readonly key: string;
  readonly sockets: Map<string, { readonly socket: Socket; readonly number: number; readonly onClose: () => void }>;
}

const oldestOf = ({ sockets }: Origin) => sockets.values().next().value!;

/**
 * The connections that are not established yet: a limited number in total and for each origin. One more than that cuts
 * the oldest of the same origin, or of the one with the most, so that a caller with one connection is not kept out by
 * another with many. A connection without an address, which only the own machine can have, is not counted.
 */
export class HalfOpenConnections {
  readonly #origins = new Map<string, Origin>();
  readonly #originOf = new Map<string, Origin>();
  #begun = 0;

  constructor(
    private readonly max: number,
    private readonly maxOfOrigin: number,
  ) {}

  begin(socket: Socket, key: string): void {
    const name = nameOf(socket);
    if (name === undefined) return;
    const origin = this.#origins.get(key) ?? { key, sockets: new Map() };
    this.#origins.set(key, origin);
    this.#originOf.set(name, origin);
    const onClose = () => this.#remove(name);
    origin.sockets.set(name, { socket, number: this.#begun++, onClose });
    socket.once('close', onClose);
    if (origin.sockets.size > this.maxOfOrigin) this.#cutOldest(origin);
    else if (this.#originOf.size > this.max) this.#cutOldest(this.#busiest());
  }

  /** This may be called for a connection that was already removed. */
  end(connection: Named): void {
    const name = nameOf(connection);
    if (name !== undefined) this.#remove(name);
  }

  #busiest(): Origin {
    return [...this.#origins.values()].reduce((most, origin) => {
      const more = origin.sockets.size - most.sockets.size;
      return more > 0 || (more === 0 && oldestOf(origin).number < oldestOf(most).number) ? origin : most;
    });
  }

  #cutOldest(origin: Origin): void {
    const { socket } = oldestOf(origin);
    this.end(socket);
    socket.destroy();
  }

  #remove(name: string): void {
    const origin = this.#originOf.get(name);
    if (!origin) return;
    this.#originOf.delete(name);
    const { socket, onClose } = origin.sockets.get(name)!;
    socket.off('close', onClose);
    origin.sockets.delete(name);
    if (origin.sockets.size === 0) this.#origins.delete(origin.key);
  }
}
