// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Duplex } from 'node:stream';
import type { CallStatus } from '../wire/call-status.js';
import type { Metadata } from '../wire/metadata.js';
import { status } from '../wire/status-codes.js';
import type { AuthContext, ReceivedMetadata, ServerCall } from './call.js';
import type { CallTransport, CallReceiver } from './call-transport.js';
import { statusOfError } from './error-status.js';

const ok: CallStatus = { code: status.OK, details: '' };

/** Which sides of a call stream. */
interface Kind {
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

/** A call in which one side streams, or both: a stream of requests to read, and of responses to write. */
export class StreamingCall extends Duplex implements ServerCall, CallReceiver {
  cancelled = false;
  #status = ok;
  #hasEnded = false;

  constructor(
    private readonly transport: CallTransport,
    { requestStream, responseStream }: Kind,
  ) {
    // The types of Node (20) lack two of them.
    const options = { objectMode: true, readable: requestStream, writable: responseStream };
    super(options);
    this.on('error', (error) => this.fail(error));
  }

  get metadata(): ReceivedMetadata {
    return this.transport.metadata;
  }

  getAuthContext(): AuthContext {
    return this.transport.getAuthContext();
  }

  getDeadline(): number {
    return this.transport.deadline;
  }

  getPath(): string {
    return this.transport.getPath();
  }

  getPeer(): string {
    return this.transport.getPeer();
  }

  sendMetadata(metadata: Metadata): void {
    this.transport.sendHeaders(metadata);
  }

  onPing(listener: () => void): void {
    this.transport.onPing(listener);
  }

  /** The response to a stream of requests. */
  answer(message: unknown): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.transport.answer(message);
    process.nextTick(() => this.destroy());
  }

  /**
   * Ends with the status of an error after the responses that were written. The handler may continue: see `cancelled`.
   */
  fail(error: unknown): void {
    if (this.#hasEnded || this.#status !== ok) return;
    this.#status = statusOfError(error);
    if (this.writableLength > 0 && !this.destroyed) this.end();
    else this.#sendStatus();
  }

  get unread(): number {
    return this.readableLength;
  }

  onMessage(message: unknown): boolean {
    return this.push(message);
  }

  onEnd(): void {
    this.push(null);
  }

  onCancelled(): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.emit('cancelled');
    this.destroy();
  }

  override _read(): void {
    this.transport.read();
  }

  override _write(message: unknown, _encoding: string, done: () => void): void {
    this.transport.sendMessage(message, done);
  }

  override _final(done: () => void): void {
    done();
    this.#sendStatus();
  }

  #sendStatus(): void {
    this.#hasEnded = true;
    this.transport.sendStatus(this.#status);
    // The caller may still send requests, which are dropped.
    process.nextTick(() => {
      if (this.#status === ok) this.destroy();
      else this.onCancelled();
    });
  }
}
