// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { GivcError } from '@givc/model';
import { OpenTrace, parseTraceContext } from '@givc/trace';
import type { CallStatus } from '../wire/call-status.js';
import { Metadata } from '../wire/metadata.js';
import { status } from '../wire/status-codes.js';
import { parseTimeout } from '../wire/timeout-header.js';
import { CallAnswer } from './call-answer.js';
import { CallBudget, type BudgetedCall } from './call-budget.js';
import type { CallTransport, CallReceiver } from './call-transport.js';
import type { AuthContext, ReceivedMetadata } from './call.js';
import type { ServerConnection } from './server-connection.js';
import { statusOf } from './error-status.js';
import type { PeerBudgets } from './peer-budgets.js';
import type { ProgressWatchdog } from './progress-watchdog.js';
import { RequestReader, type RequestEvents } from './request-reader.js';
import { serveCall, type HandledRpc } from './serve-call.js';
import type { UnreadAnswers } from './unread-answers.js';

/** The parts that the calls of a server share. */
export interface CallSurroundings {
  readonly budgets: PeerBudgets;
  /** Ends streams whose callers make no progress. */
  readonly unfinished: ProgressWatchdog;
  readonly unread: UnreadAnswers;
  /** Throws the GivcError with which the caller is rejected. */
  admit(call: CallTransport): void;
  /** A call was rejected because of the limits of the server. */
  rejected(call: CallTransport, error: GivcError): void;
}

/** The maximum of a timer of Node. */
const longestMs = 2 ** 31 - 1;

/** A call over HTTP/2 (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). */
export class IncomingCall implements CallTransport, BudgetedCall, RequestEvents {
  deadline = Infinity;
  #metadata: ReceivedMetadata | undefined;
  readonly #budget: CallBudget;
  readonly #reader: RequestReader;
  readonly #answer: CallAnswer;
  #receiver: CallReceiver | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** The trace that the caller has named; most callers name none, and for them nothing is allocated. */
  #trace: OpenTrace | undefined;

  constructor(
    private readonly rpc: HandledRpc,
    private readonly connection: ServerConnection,
    private readonly stream: ServerHttp2Stream,
    private readonly headers: IncomingHttpHeaders,
    private readonly surroundings: CallSurroundings,
  ) {
    const { budgets, unread, unfinished } = surroundings;
    this.#budget = new CallBudget(budgets, this);
    this.#reader = new RequestReader(rpc, stream, this.#budget, unfinished, this);
    this.#answer = new CallAnswer(stream, connection.peer, rpc, unread, unfinished);
  }

  getPath(): string {
    return this.rpc.path;
  }

  getPeer(): string {
    return this.connection.address;
  }

  getAuthContext(): AuthContext {
    return this.connection.authContext;
  }

  /** Decoded when it is first read: most handlers never do. */
  get metadata(): ReceivedMetadata {
    return (this.#metadata ??= Metadata.fromHeaders(this.headers));
  }

  /** The name of the status that was sent; CANCELLED when there was none. */
  get sentStatus(): string {
    const { sentCode } = this.#answer;
    return sentCode === undefined ? 'CANCELLED' : (status[sentCode] ?? 'UNKNOWN');
  }

  get unread(): number {
    return this.#reader.waiting + (this.#receiver?.unread ?? 0);
  }

  /** Counts and authorizes the call before its messages are read, and starts its handler. */
  open(): void {
    const context = parseTraceContext(this.headers['traceparent'], this.headers['tracestate']);
    if (!context) return this.#open();
    this.#trace = new OpenTrace(context);
    this.#trace.run(() => this.#open());
  }

  #open(): void {
    const { stream, surroundings, rpc } = this;
    stream.once('close', () => this.#closed());
    try {
      this.#budget.open(this.connection.peer);
    } catch (error) {
      this.#end(statusOf(error as GivcError));
      return surroundings.rejected(this, error as GivcError);
    }
    try {
      surroundings.admit(this);
    } catch (error) {
      return this.#end(statusOf(error as GivcError));
    }
    if (!this.#startDeadline()) return;
    stream.once('aborted', () => this.#cancel());
    this.#reader.start();
    this.#receiver = serveCall(rpc, this);
  }

  read(): void {
    this.#reader.read();
  }

  onPing(listener: () => void): void {
    if (!this.stream.destroyed) this.stream.once('close', this.connection.pings.add(listener));
  }

  sendHeaders(metadata: Metadata): void {
    this.#answer.begin(metadata);
  }

  sendMessage(message: unknown, onSent: () => void): void {
    this.#answer.send(message, onSent);
  }

  answer(message: unknown): void {
    clearTimeout(this.#timer);
    this.#answer.answer(message);
  }

  sendStatus(given: CallStatus): void {
    this.#end(given);
  }

  reject(error: GivcError): void {
    if (!this.#budget.isOpen) return;
    this.#cancelWith(statusOf(error));
    if (this.#trace) this.#trace.run(() => this.surroundings.rejected(this, error));
    else this.surroundings.rejected(this, error);
  }

  onMessage(bytes: Buffer): boolean {
    let message: unknown;
    try {
      message = this.rpc.decode(bytes);
    } catch {
      this.#cancelWith({ code: status.INTERNAL, details: 'Error deserializing request' });
      return false;
    }
    const trace = this.#trace;
    return trace ? trace.run(() => this.#receiver!.onMessage(message)) : this.#receiver!.onMessage(message);
  }

  onEnd(): void {
    if (this.#trace) this.#trace.run(() => this.#receiver!.onEnd());
    else this.#receiver!.onEnd();
  }

  onRejected(error: GivcError): void {
    this.reject(error);
  }

  onCompressed(): void {
    const details = 'the message is compressed, and this server reads none: see grpc-accept-encoding';
    this.#cancelWith({ code: status.UNIMPLEMENTED, details });
  }

  /** Returns whether the header is valid. */
  #startDeadline(): boolean {
    const header = this.headers['grpc-timeout'];
    if (header === undefined) return true;
    const ms = parseTimeout(String(header));
    if (ms === undefined) {
      this.#end({ code: status.INTERNAL, details: 'Invalid grpc-timeout value' });
      return false;
    }
    this.deadline = Date.now() + ms;
    const late = { code: status.DEADLINE_EXCEEDED, details: 'Deadline exceeded' };
    if (ms <= longestMs) this.#timer = setTimeout(() => this.#cancelWith(late), ms);
    return true;
  }

  #cancelWith(given: CallStatus): void {
    this.#end(given);
    this.#receiver?.onCancelled();
  }

  /** Called when the caller has reset the stream or the connection has closed. */
  #cancel(): void {
    if (this.#answer.hasEnded) return;
    this.#release();
    this.#answer.close();
    this.#receiver?.onCancelled();
  }

  #end(given: CallStatus): void {
    this.#release();
    this.#answer.end(given);
  }

  #closed(): void {
    this.#cancel();
    this.#release();
    this.#answer.close();
    this.#trace?.close();
  }

  #release(): void {
    clearTimeout(this.#timer);
    this.#budget.close();
    this.#reader.stop();
  }
}
