// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { PeerCertificate } from 'node:tls';
import { Listeners } from '@givc/events';
import { Metadata, status, type CallTransport, type CallReceiver, type HandledRpc } from '@givc/rpc';
import type { Frame } from './frames.js';
import { Inflow, Outflow } from './flow.js';

type Status = Parameters<CallTransport['sendStatus']>[0];

/** The server's end of the connection of a call. */
export interface CallConnection {
  /** `ADDRESS:PORT` of the caller. */
  readonly peer: string;
  readonly certificate: PeerCertificate;
  readonly host: string;
  readonly window: number;
  send(frame: Frame): void;
  ended(call: number): void;
}

/** The prefix of a message is not sent here. */
const prefixBytes = 5;

/** The server's side of a call below its handler, as that over HTTP/2 behaves. */
export class ServerCall implements CallTransport {
  readonly deadline: number;
  readonly #authContext: { readonly sslPeerCertificate: PeerCertificate };
  #receiver: CallReceiver | undefined;
  readonly #pings = new Listeners();
  #timer: NodeJS.Timeout | undefined;
  #hasEnded = false;
  #hasSentHeaders = false;
  #isHalfClosed = false;
  #isWanted = false;
  #pendingStatus: Status | undefined;
  readonly #outflow: Outflow;
  readonly #inflow = new Inflow(
    (bytes) => this.#take(bytes),
    (bytes) => this.connection.send({ kind: 'window', call: this.id, bytes }),
    () => this.#maybeHalfClose(),
  );

  constructor(
    private readonly rpc: HandledRpc,
    private readonly connection: CallConnection,
    private readonly id: number,
    readonly metadata: Metadata,
    timeoutMs: number,
  ) {
    this.#authContext = { sslPeerCertificate: connection.certificate };
    this.#outflow = new Outflow(
      connection.window,
      (bytes) => this.connection.send({ kind: 'message', call: this.id, bytes }),
      () => this.#finish(),
    );
    this.deadline = timeoutMs === Infinity ? Infinity : Date.now() + timeoutMs;
    if (timeoutMs === Infinity) return;
    const late = { code: status.DEADLINE_EXCEEDED, details: 'Deadline exceeded' };
    this.#timer = setTimeout(() => {
      this.sendStatus(late);
      this.#receiver?.onCancelled();
    }, timeoutMs);
  }

  getPath(): string {
    return this.rpc.path;
  }

  getPeer(): string {
    return this.connection.peer;
  }

  getAuthContext(): { readonly sslPeerCertificate: PeerCertificate } {
    return this.#authContext;
  }

  onPing(listener: () => void): void {
    this.#pings.add(listener);
  }

  pinged(): void {
    this.#pings.notify();
  }

  start(receiver: CallReceiver): void {
    this.#receiver = receiver;
    // A single request is read at once; a stream is read as its handler asks for it.
    if (!this.rpc.requestStream || this.#isWanted) this.#inflow.ask();
  }

  receive(frame: Frame): void {
    switch (frame.kind) {
      case 'message':
        return this.#inflow.push(frame.bytes);
      case 'window':
        return this.#outflow.widen(frame.bytes);
      case 'end':
        this.#isHalfClosed = true;
        return this.#maybeHalfClose();
      case 'reset':
        return this.cancel();
      default:
        throw new Error(`a call of a server is sent ${frame.kind}`);
    }
  }

  /** Cancels the call, because the caller has ended or cancelled it. */
  cancel(): void {
    if (this.#hasEnded) return;
    this.#end();
    process.nextTick(() => this.#receiver?.onCancelled());
  }

  read(): void {
    this.#isWanted = true;
    if (this.#receiver) this.#inflow.ask();
  }

  sendHeaders(metadata?: Parameters<CallTransport['sendHeaders']>[0]): void {
    if (this.#hasEnded || this.#hasSentHeaders) return;
    this.#hasSentHeaders = true;
    this.connection.send({ kind: 'headers', call: this.id, metadata: metadata?.clone() ?? new Metadata() });
  }

  sendMessage(message: unknown, onSent: () => void): void {
    if (this.#hasEnded) return;
    this.sendHeaders();
    this.#outflow.push(this.rpc.encode(message).subarray(prefixBytes), onSent);
  }

  answer(message: unknown): void {
    this.sendMessage(message, () => this.sendStatus({ code: status.OK, details: '' }));
  }

  /** Comes after the messages. */
  sendStatus(given: Status): void {
    if (this.#hasEnded || this.#pendingStatus) return;
    this.#pendingStatus = given;
    if (given.code === status.OK) this.#outflow.end();
    else this.#finish();
  }

  #take(bytes: Buffer): void {
    if (this.#hasEnded || !this.#receiver) return;
    this.#isWanted = this.#receiver.onMessage(this.rpc.decode(bytes));
    if (this.#isWanted) this.#inflow.ask();
  }

  #finish(): void {
    if (this.#hasEnded) return;
    const { code, details, metadata } = this.#pendingStatus!;
    this.connection.send({
      kind: 'status',
      call: this.id,
      code,
      details,
      metadata: metadata?.clone() ?? new Metadata(),
    });
    this.#end();
  }

  #end(): void {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    this.connection.ended(this.id);
  }

  #maybeHalfClose(): void {
    if (!this.#isHalfClosed || !this.#inflow.isEmpty || this.#hasEnded) return;
    this.#isHalfClosed = false;
    process.nextTick(() => this.#hasEnded || this.#receiver?.onEnd());
  }
}
