// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import type { Metadata } from '../wire/metadata.js';
import type { AuthContext, ReceivedMetadata, ServerCall } from './call.js';
import type { CallCarrier } from './call-carrier.js';
import { statusOfError } from './error-status.js';

/** A call with one request and one response. */
export class UnaryCall extends EventEmitter implements ServerCall {
  cancelled = false;

  constructor(private readonly carrier: CallCarrier) {
    super();
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

  answer(message: unknown): void {
    this.carrier.answer(message);
  }

  /** Ends with the status of an error. The handler may continue: see `cancelled`. */
  fail(error: unknown): void {
    this.carrier.sendStatus(statusOfError(error));
    if (this.listenerCount('cancelled') > 0) process.nextTick(() => this.cancel());
  }

  cancel(): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.emit('cancelled');
  }
}
