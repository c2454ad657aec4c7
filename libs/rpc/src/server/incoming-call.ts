// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ServerHttp2Stream } from 'node:http2';
import { GivcError } from '@givc/model';
import { internalsOf, type CallInternals, type InterceptedCall } from '../grpc-js/intercepted-call.js';
import { bufferedChunks } from '../node/buffered-chunks.js';
import { statusOf } from './error-status.js';
import { holdAnswers } from './held-answers.js';
import { MessageFrames, type FrameEvents } from './message-frames.js';
import type { CountedCall, PeerBudget, PeerBudgets } from './peer-budgets.js';
import type { MonitoredOperation, ProgressWatchdog } from './progress-watchdog.js';
import type { UnreadAnswers } from './unread-answers.js';

/** The stream of messages that grpc-js passes to the handler of an rpc whose caller streams. */
export interface MessageStream {
  readonly call: InterceptedCall;
  /** The number of messages that it keeps until its handler reads them. */
  readonly readableLength: number;
}

export interface IncomingCallOptions {
  readonly path: string;
  readonly requestStream: boolean;
  /** The maximum size of a message in bytes. */
  readonly limit: number;
  readonly budgets: PeerBudgets;
  readonly unfinished: ProgressWatchdog;
  readonly unread: UnreadAnswers;
  readonly onRefused: (error: GivcError) => void;
}

/** The overhead of a chunk, or of a message in a queue. */
const overhead = 256;
/** The factor by which the values of a request may be larger than its bytes, such as a list of short strings. */
const decodedFactor = 8;
/** A message with this many bytes counts as making progress. */
const progressBytes = 64 * 1024;

/** Node passes on parts of what it has read from a connection; a small part would retain all of it. */
function ownBytes(chunk: Buffer): Buffer {
  const { byteLength } = chunk.buffer;
  if (byteLength <= 2_048 || chunk.length * 2 >= byteLength) return chunk;
  const copy = Buffer.allocUnsafeSlow(chunk.length);
  chunk.copy(copy);
  return copy;
}

/**
 * A call of which every byte is counted, from its arrival until the handler reads it or the call ends. A request of one
 * message is kept by the call itself, so it counts until the end.
 *
 * grpc-js has no such limits: it keeps its maximum for each call, however many there are and however long they take. So
 * this observes the bytes of the stream below the call on their way in (`push` of Readable) and on to the decoder
 * (`data`), and grpc-js' queue of messages.
 */
export class IncomingCall implements CountedCall, MonitoredOperation, FrameEvents {
  readonly #base: CallInternals;
  readonly #frames = new MessageFrames();
  readonly #push: ServerHttp2Stream['push'];
  /** The sizes of the messages that its handler may not have read, in order. */
  readonly #messages: number[] = [];
  #budget: PeerBudget | undefined;
  #bytes = 0;
  /** The bytes of the message that has begun. */
  #message = 0;
  /** The chunks that the decoder keeps. */
  #chunks = 0;
  /** The bytes of the message that has begun, since its time limit began. */
  #progress = 0;
  #isTimed = false;
  /** The stream that the handler reads from, for an rpc whose caller streams. */
  messages: MessageStream | undefined;

  constructor(
    call: InterceptedCall,
    private readonly options: IncomingCallOptions,
  ) {
    this.#base = internalsOf(call);
    const { stream } = this.#base;
    this.#push = stream.push.bind(stream);
  }

  get bytes(): number {
    return this.#bytes;
  }

  get waitsForServer(): boolean {
    return this.#base.stream.isPaused();
  }

  /** Counts the call, and its bytes. Throws RESOURCE_EXHAUSTED. */
  open(peer: string): void {
    const { budgets, requestStream, limit, unfinished } = this.options;
    this.#budget = budgets.open(peer, this);
    const base = this.#base;
    const { stream } = base;
    base.maxReceiveMessageSize = limit;
    stream.push = (chunk: Buffer | null, encoding) => {
      if (!chunk) return this.#push(chunk, encoding);
      const own = ownBytes(chunk);
      this.#count(own.length + overhead);
      return !this.#budget || this.#push(own, encoding);
    };
    stream.prependListener('data', (chunk: Buffer) => this.#read(chunk));
    stream.once('end', () => unfinished.end(this));
    stream.once('close', () => this.#close());
    if (requestStream) {
      const startRead = base.startRead.bind(base);
      base.startRead = () => {
        // The time limit of further bytes begins now.
        if (this.#frames.isWithin) this.#startTime();
        startRead();
      };
    } else this.#startTime();
    holdAnswers(base, peer, this.options.unread);
    // The data that arrived with the headers.
    this.#count(stream.readableLength + overhead * bufferedChunks(stream));
  }

  /** Releases the messages that the handler has read. */
  settle(): void {
    if (!this.options.requestStream) return;
    let kept = this.messages?.readableLength ?? 0;
    for (const { type } of this.#base.readQueue) if (type !== 'HALF_CLOSE') kept++;
    while (this.#messages.length > kept) this.#count(-this.#messages.shift()!);
  }

  refuse(error: GivcError): void {
    if (!this.#budget) return;
    this.end(error);
    this.options.onRefused(error);
  }

  /** Ends the call with an error, and releases everything. */
  end(error: GivcError): void {
    const { stream } = this.#base;
    this.#close();
    stream.removeAllListeners('data');
    stream.resume();
    this.#base.sendStatus(statusOf(error));
  }

  expire(): void {
    this.refuse(
      new GivcError(
        'DEADLINE_EXCEEDED',
        this.options.requestStream
          ? 'a message was begun and did not come: send it without a pause, or less at once'
          : 'the request did not come: send it whole, and end the stream of the call behind it',
      ),
    );
  }

  onBegin(length: number, isCompressed: boolean): void {
    const { limit, path } = this.options;
    this.#message = length + 5;
    if (length > limit)
      return this.refuse(
        new GivcError(
          'RESOURCE_EXHAUSTED',
          `received a message larger than max (${length} vs ${limit}) for ${path.slice(1)}`,
        ),
      );
    // Its size is unknown.
    if (isCompressed) this.#grow(limit);
  }

  onEnd(): void {
    const { requestStream, unfinished } = this.options;
    this.#giveBackChunks();
    if (!requestStream) return this.#count(this.#message * (decodedFactor - 1) + overhead);
    unfinished.end(this);
    this.#isTimed = false;
    this.#grow(overhead);
    this.#messages.push(this.#message);
  }

  #read(chunk: Buffer): void {
    if (this.options.requestStream) this.settle();
    this.#chunks++;
    this.#frames.read(chunk, this);
    if (!this.#budget) return;
    if (!this.#frames.isWithin) return this.#giveBackChunks();
    this.#progress += chunk.length;
    if (!this.#isTimed || this.#progress >= progressBytes) this.#startTime();
  }

  #startTime(): void {
    this.#isTimed = true;
    this.#progress = 0;
    this.options.unfinished.begin(this);
  }

  /** The decoder has made one message of the chunks. */
  #giveBackChunks(): void {
    this.#count(-overhead * this.#chunks);
    this.#chunks = 0;
  }

  #grow(bytes: number): void {
    this.#message += bytes;
    this.#count(bytes);
  }

  #count(bytes: number): void {
    if (!this.#budget || bytes === 0) return;
    this.#bytes += bytes;
    this.options.budgets.count(this.#budget, this, bytes);
  }

  #close(): void {
    const budget = this.#budget;
    if (!budget) return;
    this.options.unfinished.end(this);
    this.#count(-this.#bytes);
    this.#budget = undefined;
    this.options.budgets.close(budget, this);
  }
}
