// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { ownBytes } from '../node/arriving-bytes.js';
import { statusOfTrailers, type CallStatus } from '../wire/call-status.js';
import { Deframer, MessageTooLarge } from '../wire/deframer.js';
import {
  NGHTTP2_CANCEL,
  NGHTTP2_ENHANCE_YOUR_CALM,
  NGHTTP2_FLAG_END_STREAM,
  NGHTTP2_NO_ERROR,
  NGHTTP2_REFUSED_STREAM,
} from '../wire/http2-codes.js';
import { frameOf } from '../wire/message.js';
import { Metadata } from '../wire/metadata.js';
import { status, statusOfHttp, statusOfReset } from '../wire/status-codes.js';
import type { CallEvents, CallOutcome, CallStream } from './connection.js';

/** What a call needs of its connection. */
export interface CallHost {
  /** Whether the connection has closed, and ended all of its calls. */
  readonly isBroken: boolean;
  readonly messageBytes: number;
  ended(call: Http2Call): void;
}

const resetTexts: Readonly<Record<number, string>> = {
  [NGHTTP2_NO_ERROR]: 'the server has ended the call without a status',
  [NGHTTP2_REFUSED_STREAM]: 'the server has rejected the call',
  [NGHTTP2_CANCEL]: 'the server has cancelled the call',
  [NGHTTP2_ENHANCE_YOUR_CALM]: 'the server has no room for the call',
};

/** The status of a response that is not gRPC; undefined for one that is. */
function foreignStatus(headers: IncomingHttpHeaders): CallStatus | undefined {
  const http = Number(headers[':status']);
  if (http !== 200) return { code: statusOfHttp(http), details: `the server has answered with HTTP status ${http}` };
  const type = headers['content-type'];
  return type === undefined || type.startsWith('application/grpc')
    ? undefined
    : { code: status.UNKNOWN, details: `the server has answered with ${type.slice(0, 100)}, which is not gRPC` };
}

/**
 * A call as a stream of HTTP/2 (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). Messages are not
 * compressed, and compression is not announced to servers.
 */
export class Http2Call implements CallStream {
  readonly #deframer: Deframer;
  /** The status of a response that has none of gRPC. */
  #foreign: CallStatus | undefined;
  /** The status of the server, held until its messages are delivered. */
  #status: CallStatus | undefined;
  #hasAllData = false;
  #isPaused = false;
  #isOver = false;

  constructor(
    private readonly stream: ClientHttp2Stream,
    private readonly events: CallEvents,
    private readonly host: CallHost,
  ) {
    this.#deframer = new Deframer(host.messageBytes);
    stream.on('response', (headers: IncomingHttpHeaders, flags: number) => this.#respond(headers, flags));
    stream.on('data', (chunk: Buffer) => this.#receive(chunk));
    stream.on('trailers', (trailers: IncomingHttpHeaders) => this.#finish(trailers));
    stream.on('end', () => this.#endData());
    stream.on('close', () => this.#close());
    // `close` follows and reports the outcome.
    stream.on('error', () => undefined);
  }

  send(message: Buffer, sent: () => void): void {
    if (this.stream.writable) this.stream.write(frameOf(message), sent);
    else sent();
  }

  end(message?: Buffer): void {
    if (!this.stream.writable) return;
    if (message) this.stream.end(frameOf(message));
    else this.stream.end();
  }

  ping(answered: () => void): void {
    const { session } = this.stream;
    if (this.#isOver || !session || session.destroyed) return;
    session.ping((error) => {
      if (!error && !this.#isOver) answered();
    });
  }

  pause(): void {
    this.#isPaused = true;
    this.stream.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#pass();
    if (!this.#isPaused) this.stream.resume();
  }

  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.stream.close(NGHTTP2_CANCEL);
    this.host.ended(this);
  }

  #respond(headers: IncomingHttpHeaders, flags: number): void {
    if (this.#isOver) return;
    this.#foreign = foreignStatus(headers);
    if (flags & NGHTTP2_FLAG_END_STREAM) this.#finish(headers);
    else if (!this.#foreign) this.events.onHeaders(Metadata.fromHeaders(headers));
  }

  #receive(chunk: Buffer): void {
    // The body of a response that is not gRPC is for people, such as an HTML page.
    if (this.#isOver || this.#foreign) return;
    this.#deframer.write(ownBytes(chunk));
    this.#pass();
  }

  /** Delivers the complete messages until `pause`. */
  #pass(): void {
    try {
      while (!this.#isPaused && !this.#isOver) {
        const frame = this.#deframer.read();
        if (!frame) break;
        if (frame.isCompressed) return this.#fail(status.INTERNAL, 'the server has sent a compressed message');
        this.events.onMessage(frame.message);
      }
    } catch (error) {
      if (!(error instanceof MessageTooLarge)) throw error;
      return this.#fail(status.RESOURCE_EXHAUSTED, error.message);
    }
    this.#endIfComplete();
  }

  #finish(headers: IncomingHttpHeaders): void {
    if (this.#isOver) return;
    this.#status = statusOfTrailers(headers) ??
      this.#foreign ?? { code: status.UNKNOWN, details: 'the server has ended the call without a status' };
    if (this.#status.code !== status.OK) this.#end(this.#status);
    else this.#endIfComplete();
  }

  #endData(): void {
    this.#hasAllData = true;
    this.#endIfComplete();
  }

  /** A success is reported after the messages: when all that the stream has are delivered. */
  #endIfComplete(): void {
    if (this.#isOver || this.#status?.code !== status.OK) return;
    if (!this.#hasAllData && (this.stream.readableLength > 0 || this.stream.isPaused())) return;
    if (!this.#deframer.isWithin) return this.#end(this.#status);
    if (!this.#isPaused) this.#fail(status.INTERNAL, 'the server has ended the call within a message');
  }

  #close(): void {
    this.#hasAllData = true;
    this.#endIfComplete();
    if (this.#isOver || this.#status?.code === status.OK) return;
    if (this.host.isBroken)
      return this.#end({
        code: status.UNAVAILABLE,
        details: 'the connection has ended before the answer',
        failure: { state: 'broken' },
      });
    if (this.#foreign) return this.#end(this.#foreign);
    const code = this.stream.rstCode ?? NGHTTP2_NO_ERROR;
    const details = resetTexts[code] ?? `the server has reset the call with code ${code}`;
    this.#end({ code: statusOfReset(code), details });
  }

  #fail(code: status, details: string): void {
    if (this.#isOver) return;
    this.cancel();
    this.events.onEnd({ code, details });
  }

  #end(outcome: CallOutcome): void {
    this.#isOver = true;
    // The server has stopped reading, so the request side ends as well. Further data is dropped.
    if (!this.stream.writableEnded) this.stream.close(NGHTTP2_NO_ERROR);
    this.stream.resume();
    this.host.ended(this);
    this.events.onEnd(outcome);
  }
}
