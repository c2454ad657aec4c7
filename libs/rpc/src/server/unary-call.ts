// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import type { Metadata } from '../wire/metadata.js';
import type { AuthContext, ReceivedMetadata, ServerCall } from './call.js';
import type { CallTransport } from './call-transport.js';
import { statusOfError } from './error-status.js';

/** A call with one request and one response. */
export class UnaryCall extends EventEmitter implements ServerCall {
  cancelled = false;

  constructor(private readonly transport: CallTransport) {
    super();
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

  answer(message: unknown): void {
    this.transport.answer(message);
  }

  /** Ends with the status of an error. The handler may continue: see `cancelled`. */
  fail(error: unknown): void {
    this.transport.sendStatus(statusOfError(error));
    if (this.listenerCount('cancelled') > 0) process.nextTick(() => this.cancel());
  }

  cancel(): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.emit('cancelled');
  }
}
