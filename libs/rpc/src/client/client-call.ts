// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Timeout } from '@givc/time';
import { currentTrace, traceHeaders } from '@givc/trace';
import type { Metadata } from '../wire/metadata.js';
import { status } from '../wire/status-codes.js';
import { metadataOf } from '../metadata.js';
import type { CallSettings } from './call-settings.js';
import type { CallEvents, CallOutcome, CallStream, Connection } from './connection.js';

/** The handlers of one kind of call (unary, streaming). */
export interface CallReceiver {
  /** There is a connection, so messages can be sent. */
  onBegin(stream: CallStream): void;
  onHeaders(metadata: Metadata): void;
  onMessage(message: Buffer): void;
  /** Called once when the call has ended; not during `start`, unless its signal was already aborted. */
  onEnd(outcome: CallOutcome): void;
}

/** The channel of a call. */
export interface CallChannel {
  /** Begins the call, at once or when there is a connection, or fails it. */
  start(call: ClientCall): void;
  ended(call: ClientCall): void;
}

/**
 * A call from its start to its end: it waits for a connection, and ends with the status of the server, by its signal,
 * by its deadline, or because there is no connection.
 *
 * The deadline is measured by `Timeout`, and not sent to the server in the header grpc-timeout: the clock of the server
 * would end a call after a freeze although its response has already arrived. The server is notified of the end of the
 * call.
 *
 * It carries the trace of the code that makes it, if there is one.
 */
export class ClientCall implements CallEvents {
  #stream: CallStream | undefined;
  #isOver = false;
  #deadline: Timeout | undefined;
  #onAbort: (() => void) | undefined;
  readonly #metadata: Metadata | undefined;

  constructor(
    private readonly path: string,
    private readonly settings: CallSettings,
    private readonly channel: CallChannel,
    private readonly receiver: CallReceiver,
  ) {
    const trace = currentTrace();
    const values = trace ? { ...traceHeaders(trace), ...settings.metadata } : settings.metadata;
    this.#metadata = values && metadataOf(values);
  }

  start(): void {
    const { signal, deadlineMs } = this.settings;
    if (signal?.aborted) return this.cancel();
    if (signal) signal.addEventListener('abort', (this.#onAbort = () => this.cancel()), { once: true });
    if (deadlineMs !== undefined)
      this.#deadline = new Timeout(deadlineMs, () => this.#exceed(deadlineMs), { unref: true });
    this.channel.start(this);
  }

  /** Whether it has no connection yet. */
  get isWaiting(): boolean {
    return this.#stream === undefined;
  }

  /** Begins the call on this connection. */
  begin(connection: Connection): void {
    this.#stream = connection.open(this.path, this.#metadata, this);
    this.receiver.onBegin(this.#stream);
  }

  onHeaders(metadata: Metadata): void {
    this.receiver.onHeaders(metadata);
  }

  onMessage(message: Buffer): void {
    this.receiver.onMessage(message);
  }

  onEnd(outcome: CallOutcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#deadline?.cancel();
    if (this.#onAbort) this.settings.signal?.removeEventListener('abort', this.#onAbort);
    this.channel.ended(this);
    this.receiver.onEnd(outcome);
  }

  /** Ends it with CANCELLED on both sides. */
  cancel(): void {
    this.fail({ code: status.CANCELLED, details: 'the caller hung up' });
  }

  /** Ends it with this status on both sides. */
  fail(outcome: CallOutcome): void {
    if (this.#isOver) return;
    this.#stream?.cancel();
    this.onEnd(outcome);
  }

  #exceed(deadlineMs: number): void {
    const wasConnected = !this.isWaiting;
    const seconds = deadlineMs / 1_000;
    this.fail({
      code: status.DEADLINE_EXCEEDED,
      details: `Deadline exceeded after ${seconds.toFixed(3)}s${wasConnected ? '' : ', waiting for a connection'}`,
      failure: { state: 'deadline-exceeded', seconds, wasConnected },
    });
  }
}
