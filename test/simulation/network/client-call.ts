// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Metadata, status, type CallEvents, type CallOutcome, type CallStream } from '@givc/rpc';
import type { Frame } from './frames.js';
import { Inflow, Outflow } from './flow.js';

/** The connection of a call. */
export interface Carrier {
  readonly window: number;
  send(frame: Frame): void;
  /** Sends a ping; `answered` is called with its answer. */
  ping(answered: () => void): void;
  /** What a message becomes on its way to and from the server. */
  request(bytes: Buffer): Buffer;
  response(bytes: Buffer): Buffer;
  /** Called with the first message; returns a function that is called when the call has ended. */
  tap(bytes: Buffer): () => void;
  ended(): void;
}

/**
 * The client's side of a call on a connection. Like `Http2Call`, it reports an error status at once and OK after the
 * last message.
 */
export class ClientCall implements CallStream {
  #status: CallOutcome | undefined;
  #isOver = false;
  #isPaused = false;
  #tapped: (() => void) | undefined;
  readonly #outflow: Outflow;
  readonly #inflow = new Inflow(
    (bytes) => this.#pass(bytes),
    (bytes) => this.carrier.send({ kind: 'window', call: this.id, bytes }),
    () => this.#maybeEnd(),
  );

  constructor(
    private readonly id: number,
    private readonly carrier: Carrier,
    private readonly events: CallEvents,
  ) {
    this.#outflow = new Outflow(
      carrier.window,
      (bytes) => carrier.send({ kind: 'message', call: id, bytes }),
      () => carrier.send({ kind: 'end', call: id }),
    );
    this.#inflow.ask();
  }

  begin(path: string, metadata = new Metadata()): void {
    this.carrier.send({ kind: 'call', call: this.id, path, metadata: metadata.clone(), timeoutMs: Infinity });
  }

  send(message: Buffer, sent: () => void): void {
    if (this.#isOver) return sent();
    this.#tapped ??= this.carrier.tap(message);
    this.#outflow.push(this.carrier.request(message), sent);
  }

  end(message?: Buffer): void {
    if (message) this.send(message, () => undefined);
    if (!this.#isOver) this.#outflow.end();
  }

  ping(answered: () => void): void {
    if (!this.#isOver) this.carrier.ping(() => this.#isOver || answered());
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#inflow.ask();
  }

  cancel(): void {
    if (this.#isOver) return;
    this.carrier.send({ kind: 'reset', call: this.id });
    this.#leave();
  }

  receive(frame: Frame): void {
    switch (frame.kind) {
      case 'headers':
        if (!this.#isOver) this.events.onHeaders(frame.metadata);
        return;
      case 'message':
        return this.#inflow.push(frame.bytes);
      case 'window':
        return this.#outflow.widen(frame.bytes);
      case 'status':
        return this.#end(frame);
      case 'reset':
        return this.#end({ code: status.INTERNAL, details: 'the server has reset the call' });
      default:
        throw new Error(`a call of a client is sent ${frame.kind}`);
    }
  }

  /** Ends the call because its connection has ended. */
  break(): void {
    const details = 'the connection has ended before the answer';
    this.#end({ code: status.UNAVAILABLE, details, failure: { state: 'broken' } });
  }

  #pass(bytes: Buffer): void {
    if (this.#isOver) return;
    this.events.onMessage(this.carrier.response(bytes));
    if (!this.#isPaused) this.#inflow.ask();
  }

  #end(outcome: CallOutcome): void {
    this.#status ??= outcome;
    this.#maybeEnd();
  }

  #maybeEnd(): void {
    const outcome = this.#status;
    if (!outcome || this.#isOver || (outcome.code === status.OK && !this.#inflow.isEmpty)) return;
    this.#leave();
    process.nextTick(() => this.events.onEnd(outcome));
  }

  #leave(): void {
    this.#isOver = true;
    this.#tapped?.();
    this.carrier.ended();
  }
}
