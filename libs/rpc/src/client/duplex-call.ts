// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Duplex } from 'node:stream';
import type { Rpc } from '../rpc.js';
import { CallFailure } from '../status.js';
import type { Metadata } from '../wire/metadata.js';
import { status } from '../wire/status-codes.js';
import type { CallSettings } from './call-settings.js';
import { ClientCall, type CallChannel, type CallReceiver } from './client-call.js';
import { parsingFailure, serialized } from './codec-failure.js';
import type { CallOutcome, CallStream } from './connection.js';

type Done = (error?: Error | null) => void;

/**
 * The client's end of a streaming call. Requests are written, except when the rpc has a single request; responses are
 * read. Each side waits for the other by the flow control of HTTP/2; up to 16 responses are read ahead, or as many as
 * `limitReadAhead` sets.
 *
 * It emits `metadata`, `end` when the server has ended the call, and `status` last. When the call fails it emits
 * `error` with a `CallFailure` at once: the responses that were read ahead can still be read, and `end` follows them.
 * Destroying it cancels the call.
 */
export class DuplexCall<Request, Response> extends Duplex implements CallReceiver {
  readonly #call: ClientCall;
  #stream: CallStream | undefined;
  /** Requests that wait for the connection. */
  #waiting: ((stream: CallStream) => void) | undefined;
  /** The callback of the message that is being sent. */
  #written: Done | undefined;
  #outcome: CallOutcome | undefined;

  constructor(
    private readonly method: Rpc<Request, Response>,
    settings: CallSettings,
    channel: CallChannel,
    private readonly request?: Buffer,
  ) {
    super({ objectMode: true, ...(request && { writable: false }) });
    this.#call = new ClientCall(method.path, settings, channel, this);
    this.#call.start();
  }

  /** Ends the call early, with CANCELLED. */
  cancel(): void {
    this.#call.cancel();
  }

  /** As `CallStream.ping`; nothing happens before there is a connection. */
  ping(answered: () => void): void {
    this.#stream?.ping(answered);
  }

  onBegin(stream: CallStream): void {
    this.#stream = stream;
    if (this.request) stream.end(this.request);
    this.#waiting?.(stream);
    this.#waiting = undefined;
  }

  onHeaders(metadata: Metadata): void {
    this.emit('metadata', metadata);
  }

  onMessage(message: Buffer): void {
    let response: Response;
    try {
      response = this.method.responseDeserialize(message);
    } catch (error) {
      return this.#call.fail(parsingFailure(error));
    }
    if (!this.push(response)) this.#stream!.pause();
  }

  onEnd(outcome: CallOutcome): void {
    this.#outcome = outcome;
    this.#waiting = undefined;
    // Asynchronously, because the caller may add listeners after this call.
    process.nextTick(() => {
      this.#settle();
      if (!this.destroyed) {
        this.push(null);
        if (outcome.code !== status.OK) this.emit('error', new CallFailure(outcome));
      }
      this.emit('status', outcome);
    });
  }

  override _read(): void {
    this.#stream?.resume();
  }

  override _write(request: Request, _encoding: BufferEncoding, done: Done): void {
    if (this.#outcome) return done();
    const bytes = serialized(this.method, request);
    if (!Buffer.isBuffer(bytes)) {
      this.#call.fail(bytes);
      return done();
    }
    this.#written = done;
    this.#whenBegun((stream) => stream.send(bytes, () => this.#settle()));
  }

  override _final(done: Done): void {
    if (!this.#outcome) this.#whenBegun((stream) => stream.end());
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#call.cancel();
    done(error);
  }

  #whenBegun(action: (stream: CallStream) => void): void {
    if (this.#stream) return action(this.#stream);
    const before = this.#waiting;
    this.#waiting = (stream) => {
      before?.(stream);
      action(stream);
    };
  }

  #settle(): void {
    const written = this.#written;
    this.#written = undefined;
    written?.();
  }
}

/** A call in which both sides stream. */
export type OutgoingBidiCall<Request, Response> = DuplexCall<Request, Response>;
