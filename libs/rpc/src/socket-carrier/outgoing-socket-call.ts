// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { TLSSocket } from 'node:tls';
import { impliedMetadata } from '../socket-stream.js';
import { controlRecord, kinds } from './records.js';
import { SocketConnection } from './socket-connection.js';

/**
 * The client's end of a socket of another machine over a connection of its own. It emits `metadata` when the server has
 * accepted it; what is written before that goes out at once.
 */
export class OutgoingSocketCall extends SocketConnection {
  #onAnswer: ((isAnswered: true) => void) | undefined;
  /** Emits the answer, which waits for `resume`. */
  #answer: (() => void) | undefined;

  /** `release` gets the TLS connection, paused, when both directions have ended. */
  constructor(socket: TLSSocket, path: string, release: (socket: TLSSocket) => void) {
    super(socket, 'accepted', release);
    socket.write(controlRecord(kinds.open, Buffer.from(path)));
  }

  /**
   * Resolves with true when the server has accepted or rejected the socket, which is emitted after the next `resume`;
   * with false when the connection has closed before.
   */
  answered(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#onAnswer = resolve;
      this.once('close', () => resolve(false));
      super.resume();
    });
  }

  override resume(): void {
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.();
    super.resume();
  }

  /** Cuts it off. */
  cancel(): void {
    this.destroy();
  }

  /** A server does not send this record: `RecordReader` rejects it before. */
  onOpen(): void {}

  /** The server has accepted the socket. */
  onAccepted(): void {
    this.#pass(() => this.emit('metadata', impliedMetadata));
  }

  /** The server has rejected the socket, or its end of it has failed. */
  onFailed(code: number, details: string): void {
    this.#pass(() => {
      this.emit('error', { code, details });
      this.destroy();
    });
  }

  protected onViolation(code: number, message: string): void {
    this.onFailed(code, message);
  }

  protected onClose(): void {}

  #pass(answer: () => void): void {
    const onAnswer = this.#onAnswer;
    if (!onAnswer) return answer();
    this.#onAnswer = undefined;
    this.#answer = answer;
    this.pause();
    onAnswer(true);
  }
}
