// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Metadata, status, type ChannelInterface, type InterceptingListener, type StatusObject } from '@grpc/grpc-js';
import type { Frame } from './frames.js';
import { Inflow, Outflow } from './flow.js';

/** The connection of a call, on which the call has a number. */
export interface Carrier {
  readonly peer: string;
  readonly window: number;
  send(frame: Frame): void;
}

type Call = ReturnType<ChannelInterface['createCall']>;
type MessageContext = Parameters<Call['sendMessageWithContext']>[0];

interface ClientCallEvents {
  /** Requests a connection. */
  started(call: ClientCall): void;
  sent(call: ClientCall, bytes: Buffer): void;
  ended(call: ClientCall): void;
}

let numbers = 0;

/**
 * The client's side of a call, below the interface of grpc-js's channels: messages wait until there is a connection.
 * Like grpc-js, it reports an error status at once and OK after the last message.
 */
export class ClientCall implements Call {
  readonly #number = numbers++;
  #listener!: InterceptingListener;
  #metadata!: Metadata;
  #carrier: { readonly carrier: Carrier; readonly id: number } | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #status: StatusObject | undefined;
  #isOver = false;
  #before: (() => void)[] = [];
  #outflow: Outflow | undefined;
  readonly #inflow = new Inflow(
    (bytes) => this.#isOver || this.#listener.onReceiveMessage(bytes),
    (bytes) => this.#send({ kind: 'window', call: this.#carrier!.id, bytes }),
    () => this.#maybeEnd(),
  );

  constructor(
    readonly path: string,
    private readonly deadlineAt: number,
    private readonly events: ClientCallEvents,
  ) {}

  get isOver(): boolean {
    return this.#isOver;
  }

  start(metadata: Metadata, listener: InterceptingListener): void {
    this.#metadata = metadata;
    this.#listener = listener;
    if (this.deadlineAt !== Infinity)
      this.#deadline = setTimeout(
        () => this.cancelWithStatus(status.DEADLINE_EXCEEDED, 'Deadline exceeded'),
        this.deadlineAt - Date.now(),
      );
    this.events.started(this);
  }

  /** Assigns a connection, on which the call has this number. */
  attach(carrier: Carrier, id: number): void {
    if (this.#isOver) return;
    this.#carrier = { carrier, id };
    const timeoutMs = this.deadlineAt === Infinity ? Infinity : this.deadlineAt - Date.now();
    this.#send({ kind: 'call', call: id, path: this.path, metadata: this.#metadata.clone(), timeoutMs });
    this.#outflow = new Outflow(
      carrier.window,
      (bytes) => this.#send({ kind: 'message', call: id, bytes }),
      () => this.#send({ kind: 'end', call: id }),
    );
    for (const action of this.#before) action();
    this.#before = [];
  }

  receive(frame: Frame): void {
    switch (frame.kind) {
      case 'headers':
        if (!this.#isOver) this.#listener.onReceiveMetadata(frame.metadata);
        return;
      case 'message':
        return this.#inflow.push(frame.bytes);
      case 'window':
        return this.#outflow?.widen(frame.bytes);
      case 'status':
        return this.#end(frame);
      case 'reset':
        return this.#end({ code: status.INTERNAL, details: 'Received RST_STREAM', metadata: new Metadata() });
      default:
        throw new Error(`a call of a client is sent ${frame.kind}`);
    }
  }

  /** Ends the call without an answer of the server. */
  fail(code: status, details: string): void {
    this.#end({ code, details, metadata: new Metadata() });
  }

  cancelWithStatus(code: status, details: string): void {
    if (this.#isOver) return;
    if (this.#carrier) this.#send({ kind: 'reset', call: this.#carrier.id });
    this.#end({ code, details, metadata: new Metadata() });
  }

  sendMessageWithContext({ callback }: MessageContext, message: Buffer): void {
    this.events.sent(this, message);
    this.#whenAttached(() => this.#outflow!.push(message, () => callback?.()));
  }

  halfClose(): void {
    this.#whenAttached(() => this.#outflow!.end());
  }

  startRead(): void {
    this.#whenAttached(() => this.#inflow.ask());
  }

  getPeer(): string {
    return this.#carrier?.carrier.peer ?? 'unknown';
  }

  getCallNumber(): number {
    return this.#number;
  }

  setCredentials(): void {}

  getAuthContext(): null {
    return null;
  }

  #whenAttached(action: () => void): void {
    if (this.#carrier) action();
    else this.#before.push(action);
  }

  #send(frame: Frame): void {
    this.#carrier!.carrier.send(frame);
  }

  #end(outcome: StatusObject): void {
    this.#status ??= outcome;
    this.#maybeEnd();
  }

  #maybeEnd(): void {
    const outcome = this.#status;
    if (!outcome || this.#isOver || (outcome.code === status.OK && !this.#inflow.isEmpty)) return;
    this.#isOver = true;
    clearTimeout(this.#deadline);
    this.events.ended(this);
    process.nextTick(() => this.#listener.onReceiveStatus(outcome));
  }
}
