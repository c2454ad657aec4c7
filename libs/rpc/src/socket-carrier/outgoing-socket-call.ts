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
  constructor(socket: TLSSocket, path: string) {
    super(socket, 'accepted');
    socket.write(controlRecord(kinds.open, Buffer.from(path)));
  }

  /** Cuts it off. */
  cancel(): void {
    this.destroy();
  }

  /** A server does not send this record: `RecordReader` rejects it before. */
  onOpen(): void {}

  /** The server has accepted the socket. */
  onAccepted(): void {
    this.emit('metadata', impliedMetadata);
  }

  /** The server has rejected the socket, or its end of it has failed. */
  onFailed(code: number, details: string): void {
    this.emit('error', { code, details });
    this.destroy();
  }

  protected onClose(): void {}
}
