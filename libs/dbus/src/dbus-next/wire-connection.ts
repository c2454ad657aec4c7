// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import createConnection, { type Connection, type WireMessage } from 'dbus-next/lib/connection.js';

export type { WireMessage };

export interface WireHandlers {
  /** A message of the bus, in its order. */
  message(message: WireMessage): void;
  /** Once, when the connection has ended on either side, with what was given to `close` or went wrong first. */
  closed(reason: unknown): void;
}

/**
 * One connection to the unix socket of a message bus: the handshake of dbus-next (0.10.2), and its encoding.
 *
 * The `MessageBus` of its own door does not say that the connection has ended, and leaves the calls that are pending then
 * pending for ever, so this uses the private connection below it: wire-connection.spec.ts fails when that moves, and when
 * `MessageBus` settles its calls.
 */
export class WireConnection {
  readonly #connection: Connection;
  #reason: unknown;

  /** Throws INVALID_ARGUMENT for a path that dbus-next cannot be given: it does not unescape addresses. */
  constructor(socket: string, handlers: WireHandlers) {
    if (/[;:,=]/.test(socket))
      throw new GivcError('INVALID_ARGUMENT', `the path of a D-Bus socket cannot contain one of ";:,=": ${socket}`);
    // dbus-next takes "socket" straight to net.connect, "path" to an optional native package first.
    this.#connection = createConnection({ busAddress: `unix:socket=${socket}` });
    this.#connection.on('message', (message) => handlers.message(message));
    this.#connection.on('error', (cause) => this.close(cause));
    this.#connection.stream.once('close', () =>
      handlers.closed(this.#reason ?? new Error('the bus closed the connection')),
    );
  }

  /** False when the bus has ended its direction. */
  get isOpen(): boolean {
    return this.#connection.stream.writable;
  }

  /** Sends now, or once the handshake is done. Throws for what D-Bus cannot say, and when the connection has ended. */
  send(message: WireMessage): void {
    this.#connection.message(message);
  }

  close(reason: unknown): void {
    this.#reason ??= reason;
    this.#connection.stream.destroy();
  }
}
