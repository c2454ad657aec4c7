// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { endWithoutDelay, sendTrailersAtOnce, trailersBlock } from '../node/end-without-delay.js';
import { trailersOf, type CallStatus } from '../wire/call-status.js';
import type { Metadata } from '../wire/metadata.js';
import { status } from '../wire/status-codes.js';
import { Encoded } from './encoded.js';
import { OutgoingPieces } from './outgoing-pieces.js';
import type { MonitoredOperation, ProgressWatchdog } from './progress-watchdog.js';
import type { ServerRpc } from './server-rpc.js';
import type { UnreadAnswers } from './unread-answers.js';

const headers: OutgoingHttpHeaders = {
  ':status': 200,
  'content-type': 'application/grpc+proto',
  'grpc-accept-encoding': 'identity',
};
const ok: CallStatus = { code: status.OK, details: '' };
const responseOptions = { waitForTrailers: true, sendDate: false };
const okTrailers = trailersBlock('grpc-status', '0');

/** Answers a stream with a status and nothing else. */
export function rejectStream(stream: ServerHttp2Stream, rejection: CallStatus): void {
  stream.respond({ ...headers, ...trailersOf(rejection) }, { endStream: true });
  // The caller may go on sending (RFC 9113, 8.1).
  stream.resume();
  stream.once('finish', () => {
    if (!stream.readableEnded) closeAnswered(stream);
  });
}

function closeAnswered(stream: ServerHttp2Stream): void {
  if (!stream.destroyed) stream.close(constants.NGHTTP2_NO_ERROR);
}

/**
 * The answer to a call: headers, messages, and a status in the trailers. A message waits, and is not encoded, while its
 * peer has too many unread bytes over all its calls. Bytes count until they have left this process.
 */
export class CallAnswer implements MonitoredOperation {
  readonly waitsForServer = false;
  #state: 'none' | 'begun' | 'ended' = 'none';
  #status = ok;
  /** The status that was sent. */
  #sent: number | undefined;
  /** The message that waits until the peer has read earlier ones. */
  #waiting: (() => void) | undefined;
  #unread = 0;
  /** The message whose pieces are being sent. */
  #pieces: OutgoingPieces | undefined;

  constructor(
    private readonly stream: ServerHttp2Stream,
    private readonly peer: string,
    private readonly rpc: Pick<ServerRpc, 'encode'>,
    private readonly answers: UnreadAnswers,
    private readonly unfinished: ProgressWatchdog,
  ) {}

  /** Whether the status is set; it is sent after the queued messages. */
  get hasEnded(): boolean {
    return this.#state === 'ended';
  }

  /** The code that was sent; undefined while none was. */
  get sentCode(): number | undefined {
    return this.#sent;
  }

  begin(metadata?: Metadata): void {
    if (this.#state !== 'none' || !this.#isOpen) return;
    this.#state = 'begun';
    const { stream } = this;
    stream.respond(metadata ? { ...headers, ...metadata.toHeaders() } : headers, responseOptions);
    stream.once('wantTrailers', () => this.#sendTrailers());
  }

  /** Sends one of several messages. */
  send(message: unknown, onSent: () => void): void {
    this.#whenRead(() => {
      if (message instanceof Encoded && message.pieces.length > 1) return this.#writePieces(message, onSent);
      const frame = this.#encoded(message);
      if (frame) this.#write(frame, onSent);
    });
  }

  /** Sends the only message, and OK. */
  answer(message: unknown): void {
    if (this.#state === 'ended') return;
    this.#whenRead(() => {
      if (message instanceof Encoded && message.pieces.length > 1) {
        this.#writePieces(message, () => this.stream.end());
        this.#state = 'ended';
        return;
      }
      const frame = this.#encoded(message);
      if (!frame) return;
      this.begin();
      this.#state = 'ended';
      this.#count(frame.length);
      // They have left when the stream closes.
      endWithoutDelay(this.stream, frame);
    });
  }

  /** Sends the status after the messages already sent, and drops the queued ones. */
  end(given: CallStatus): void {
    if (this.#state === 'ended') return;
    this.#drop();
    if (!this.#isOpen) return;
    const { stream } = this;
    const hasBegun = this.#state === 'begun';
    this.#state = 'ended';
    this.#status = given;
    if (hasBegun) {
      // A message is never cut off by the status.
      this.#pieces?.flush();
      return void stream.end();
    }
    this.#sent = given.code;
    rejectStream(stream, given);
  }

  /** The stream has closed: drops and releases everything. */
  close(): void {
    this.#state = 'ended';
    this.#drop();
    this.#read(this.#unread);
    this.unfinished.end(this);
  }

  /** Called by `ProgressWatchdog` when the caller still has its stream open although it has its response. */
  expire(): void {
    closeAnswered(this.stream);
  }

  get #isOpen(): boolean {
    return !this.stream.destroyed && !this.stream.closed;
  }

  #whenRead(send: () => void): void {
    if (!this.#isOpen || this.#state === 'ended') return;
    if (this.answers.hasRoom(this.peer)) return send();
    this.#waiting = () => {
      this.#waiting = undefined;
      if (this.#isOpen && this.#state !== 'ended') send();
    };
    this.answers.enter(this.peer, this.#waiting);
  }

  #drop(): void {
    if (!this.#waiting) return;
    this.answers.leave(this.peer, this.#waiting);
    this.#waiting = undefined;
  }

  /** Not part of `send`, whose message would be kept with the callback until the peer has read its frame. */
  #write(frame: Buffer, onSent: () => void): void {
    const { length } = frame;
    this.begin();
    this.#count(length);
    this.stream.write(frame, (error) => {
      this.#read(length);
      if (!error) onSent();
    });
  }

  #writePieces({ pieces, length }: Encoded, onSent: () => void): void {
    this.begin();
    this.#count(length);
    this.#pieces = new OutgoingPieces(
      this.stream,
      pieces,
      (bytes) => this.#read(bytes),
      () => {
        this.#pieces = undefined;
        onSent();
      },
    );
  }

  #encoded(message: unknown): Buffer | undefined {
    try {
      return this.rpc.encode(message);
    } catch {
      this.end({ code: status.INTERNAL, details: 'Error serializing response' });
      return undefined;
    }
  }

  #sendTrailers(): void {
    const { stream } = this;
    this.#sent = this.#status.code;
    if (this.#status !== ok || !sendTrailersAtOnce(stream, okTrailers)) stream.sendTrailers(trailersOf(this.#status));
    if (stream.readableEnded) return;
    // Not at once: clients of grpc-js would miss the trailers.
    this.unfinished.begin(this);
    stream.resume();
  }

  #count(bytes: number): void {
    this.#unread += bytes;
    this.answers.count(this.peer, bytes);
  }

  #read(bytes: number): void {
    const read = Math.min(bytes, this.#unread);
    if (read === 0) return;
    this.#unread -= read;
    this.answers.count(this.peer, -read);
  }
}
