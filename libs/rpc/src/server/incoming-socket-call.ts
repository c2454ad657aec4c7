// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { OpeningCall } from './call-gate.js';
import { statusOfError } from './error-status.js';
import { impliedMetadata } from '../socket-stream.js';
import { reasonOf } from '../status.js';
import { controlRecord, failedRecord, kinds } from '../socket-carrier/records.js';
import { SocketConnection } from '../socket-carrier/socket-connection.js';

/**
 * The server's end of a socket of this machine over a connection of its own: for guards, interceptors, filter and
 * handler it is a call of an rpc whose both sides stream.
 */
export class IncomingSocketCall extends SocketConnection implements OpeningCall {
  /** Whether the caller has hung up. */
  cancelled = false;
  readonly metadata = impliedMetadata;
  readonly #auth: { readonly sslPeerCertificate: PeerCertificate };
  readonly #address: string;
  #path = '';
  #isAccepted = false;
  /** The name of the status that it ended with. */
  #answer: string | undefined;

  /**
   * `open` is called when the peer has said which rpc it calls; `release` gets the TLS connection, paused, when both
   * directions have ended.
   */
  constructor(
    socket: TLSSocket,
    private readonly open: (call: IncomingSocketCall) => void,
    release: (socket: TLSSocket) => void,
  ) {
    super(socket, 'open', release);
    this.#auth = { sslPeerCertificate: socket.getPeerCertificate() };
    this.#address = `${socket.remoteAddress}:${socket.remotePort}`;
    this.on('error', (error: unknown) => this.fail(error));
  }

  /** OK, the name of the status that was sent, or CANCELLED when the caller hung up before. */
  get sentStatus(): string {
    return this.#answer ?? (this.isEnding && this.hasEnded ? 'OK' : 'CANCELLED');
  }

  getAuthContext() {
    return this.#auth;
  }

  getPeer(): string {
    return this.#address;
  }

  getPath(): string {
    return this.#path;
  }

  getDeadline(): number {
    return Infinity;
  }

  /** The metadata is what `impliedMetadata` has; this tells the client that it is accepted. */
  sendMetadata(): void {
    if (this.#isAccepted || !this.isWritable) return;
    this.#isAccepted = true;
    this.socket.write(controlRecord(kinds.accepted));
  }

  onOpen(path: string): void {
    this.#path = path;
    this.pause();
    this.open(this);
  }

  onAccepted(): void {}
  onFailed(): void {}

  protected onViolation(code: number, details: string): void {
    this.emit('error', { code, details });
    this.destroy();
  }

  protected onClose(): void {
    if (this.sentStatus !== 'CANCELLED') return;
    this.cancelled = true;
    this.emit('cancelled', 'cancelled');
  }

  /** Ends with the status of an error. Its handler may still work: `close`. */
  fail(error: unknown): void {
    if (this.#answer !== undefined || this.hasClosed || this.socket.destroyed) return;
    const { code, details } = statusOfError(error);
    this.#answer = reasonOf(code);
    this.sendLast(failedRecord(code, details));
  }
}
