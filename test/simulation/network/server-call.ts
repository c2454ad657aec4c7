// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Metadata, status, type MethodDefinition, type ServerInterceptingCallInterface } from '@grpc/grpc-js';
import type { PeerCertificate } from 'node:tls';
import type { Metadata as OwnMetadata } from '@givc/rpc';
import type { Frame } from './frames.js';
import { Inflow, Outflow } from './flow.js';
import { foreignMetadata, ownMetadata } from './foreign-metadata.js';

type PartialStatusObject = Parameters<ServerInterceptingCallInterface['sendStatus']>[0];
type InterceptingServerListener = Parameters<ServerInterceptingCallInterface['start']>[0];

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

type AnyMethod = MethodDefinition<unknown, unknown>;

/** The server's side of a call, below the call objects of grpc-js. It behaves like `BaseServerInterceptingCall`. */
export class ServerCall implements ServerInterceptingCallInterface {
  #listener: InterceptingServerListener | undefined;
  #deadlineAt = Infinity;
  #deadline: NodeJS.Timeout | undefined;
  #hasEnded = false;
  #hasSentHeaders = false;
  #isHalfClosed = false;
  #pendingStatus: PartialStatusObject | undefined;
  readonly #outflow: Outflow;
  readonly #inflow = new Inflow(
    (bytes) => this.#hasEnded || this.#listener?.onReceiveMessage(this.method.requestDeserialize(bytes)),
    (bytes) => this.connection.send({ kind: 'window', call: this.id, bytes }),
    () => this.#maybeHalfClose(),
  );

  constructor(
    readonly method: AnyMethod,
    private readonly connection: CallConnection,
    private readonly id: number,
    private readonly metadata: OwnMetadata,
    timeoutMs: number,
  ) {
    this.#outflow = new Outflow(
      connection.window,
      (bytes) => this.connection.send({ kind: 'message', call: this.id, bytes }),
      () => this.#finish(),
    );
    if (timeoutMs === Infinity) return;
    this.#deadlineAt = Date.now() + timeoutMs;
    const status_ = { code: status.DEADLINE_EXCEEDED, details: 'Deadline exceeded', metadata: null };
    this.#deadline = setTimeout(() => this.sendStatus(status_), timeoutMs);
  }

  start(listener: InterceptingServerListener): void {
    if (this.#hasEnded) return;
    this.#listener = listener;
    listener.onReceiveMetadata(foreignMetadata(this.metadata));
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
    this.#hasEnded = true;
    clearTimeout(this.#deadline);
    this.connection.ended(this.id);
    process.nextTick(() => this.#listener?.onCancel());
  }

  sendMetadata(metadata: Metadata): void {
    if (this.#hasEnded || this.#hasSentHeaders) return;
    this.#hasSentHeaders = true;
    this.connection.send({ kind: 'headers', call: this.id, metadata: ownMetadata(metadata) });
  }

  sendMessage(message: unknown, callback: () => void): void {
    if (this.#hasEnded) return;
    this.sendMetadata(new Metadata());
    this.#outflow.push(this.method.responseSerialize(message), callback);
  }

  /** The status is sent after the messages. */
  sendStatus(outcome: PartialStatusObject): void {
    if (this.#hasEnded || this.#pendingStatus) return;
    this.#pendingStatus = outcome;
    if (outcome.code === status.OK) this.#outflow.end();
    else this.#finish();
  }

  startRead(): void {
    this.#inflow.ask();
    this.#maybeHalfClose();
  }

  getPeer(): string {
    return this.connection.peer;
  }

  getDeadline(): number {
    return this.#deadlineAt;
  }

  getHost(): string {
    return this.connection.host;
  }

  getAuthContext() {
    return { transportSecurityType: 'ssl', sslPeerCertificate: this.connection.certificate };
  }

  getConnectionInfo(): object {
    return {};
  }

  getMetricsRecorder(): never {
    throw new Error('the simulation has no metrics of calls');
  }

  #finish(): void {
    if (this.#hasEnded) return;
    const { code, details, metadata } = this.#pendingStatus!;
    this.connection.send({
      kind: 'status',
      call: this.id,
      code,
      details,
      metadata: ownMetadata(metadata ?? new Metadata()),
    });
    this.cancel();
  }

  #maybeHalfClose(): void {
    if (!this.#isHalfClosed || !this.#inflow.isEmpty || this.#hasEnded) return;
    this.#isHalfClosed = false;
    process.nextTick(() => this.#hasEnded || this.#listener?.onReceiveHalfClose());
  }
}
