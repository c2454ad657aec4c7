// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { connect, type Socket } from 'node:net';
import { Authentication, authenticationRequest, begin } from './authentication.js';
import { MessageReader, type ReceivedMessage } from './message-reader.js';
import { bytesOfMessage, type SentMessage } from './message-writer.js';

export interface WireHandlers {
  /** A message of the bus, in its order; none after `close`. What this throws ends the connection. */
  message(message: ReceivedMessage): void;
  /** Called once when the connection has ended on either side, with the argument of `close` or the first error. */
  closed(reason: unknown): void;
}

/** One connection to the unix socket of a message bus: the handshake, and messages both ways. */
export class WireConnection {
  readonly #socket: Socket;
  readonly #messages: MessageReader;
  /** Messages that wait until the bus has accepted this client. */
  #waiting: Buffer[] | undefined = [];
  #reason: unknown;

  constructor(
    socket: string,
    private readonly handlers: WireHandlers,
  ) {
    this.#messages = new MessageReader((message) => {
      if (!this.#socket.destroyed) handlers.message(message);
    });
    this.#socket = connect(socket);
    this.#socket.on('error', (cause) => this.close(cause));
    this.#socket.on('close', () => this.handlers.closed(this.#reason ?? new Error('the bus closed the connection')));
    const authentication = new Authentication();
    this.#socket.on('data', (chunk: Buffer) => {
      try {
        if (!this.#waiting) this.#messages.read(chunk);
        else if (authentication.isAccepted(chunk)) this.#begin(this.#waiting);
      } catch (error) {
        this.close(error);
      }
    });
    this.#socket.write(authenticationRequest());
  }

  /** False when the bus has ended its direction. */
  get isOpen(): boolean {
    return this.#socket.writable;
  }

  /**
   * Sends in this turn of the event loop, as one write together with all that is sent in it, or once the handshake is
   * done. Throws for values that D-Bus cannot represent, and when the connection has ended.
   */
  send(message: SentMessage): void {
    if (!this.isOpen) throw new Error('the connection has ended');
    const bytes = bytesOfMessage(message);
    if (this.#waiting) {
      this.#waiting.push(bytes);
      return;
    }
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork();
      process.nextTick(() => this.#socket.uncork());
    }
    this.#socket.write(bytes);
  }

  close(reason: unknown): void {
    this.#reason ??= reason;
    this.#socket.destroy();
  }

  #begin(waiting: readonly Buffer[]): void {
    this.#waiting = undefined;
    this.#socket.write(Buffer.concat([Buffer.from(begin), ...waiting]));
  }
}
