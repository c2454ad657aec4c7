// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Duplex } from 'node:stream';
import type { CallStatus } from '../wire/call-status.js';
import type { Metadata } from '../wire/metadata.js';
import { status } from '../wire/status-codes.js';
import type { AuthContext, ReceivedMetadata, ServerCall } from './call.js';
import type { CallCarrier, CallReceiver } from './call-carrier.js';
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
    private readonly carrier: CallCarrier,
    { requestStream, responseStream }: Kind,
  ) {
    // The types of Node (20) lack two of them.
    const options = { objectMode: true, readable: requestStream, writable: responseStream };
    super(options);
    this.on('error', (error) => this.fail(error));
  }

  get metadata(): ReceivedMetadata {
    return this.carrier.metadata;
  }

  getAuthContext(): AuthContext {
    return this.carrier.authContext;
  }

  getDeadline(): number {
    return this.carrier.deadline;
  }

  getPath(): string {
    return this.carrier.path;
  }

  getPeer(): string {
    return this.carrier.peer;
  }

  sendMetadata(metadata: Metadata): void {
    this.carrier.sendHeaders(metadata);
  }

  /** The response to a stream of requests. */
  answer(message: unknown): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.carrier.answer(message);
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
    this.carrier.read();
  }

  override _write(message: unknown, _encoding: string, done: () => void): void {
    this.carrier.sendMessage(message, done);
  }

  override _final(done: () => void): void {
    done();
    this.#sendStatus();
  }

  #sendStatus(): void {
    this.#hasEnded = true;
    this.carrier.sendStatus(this.#status);
    // The caller may still send requests, which are dropped.
    process.nextTick(() => {
      if (this.#status === ok) this.destroy();
      else this.onCancelled();
    });
  }
}
