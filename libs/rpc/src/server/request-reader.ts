// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ServerHttp2Stream } from 'node:http2';
import { GivcError } from '@givc/model';
import { onArrival, ownBytes } from '../node/arriving-bytes.js';
import { Deframer, MessageTooLarge, type Frame } from '../wire/deframer.js';
import { prefixBytes } from '../wire/message.js';
import type { CallBudget } from './call-budget.js';
import type { MonitoredOperation, ProgressWatchdog } from './progress-watchdog.js';
import type { ServerRpc } from './server-rpc.js';

/** The events of the requests of a call. */
export interface RequestEvents {
  /** Receives a message; returns whether to read another one now. */
  onMessage(bytes: Buffer): boolean;
  /** All messages were received, and the caller sends no more. */
  onEnd(): void;
  /** The caller exceeds a limit. */
  onRejected(error: GivcError): void;
  /** A message is compressed, which is not supported. */
  onCompressed(): void;
}

/** A message makes progress when this number of bytes has arrived. */
const progressBytes = 64 * 1024;

/** A chunk that is one message as a whole needs no copy and no buffer. */
const isOneMessage = (chunk: Buffer): boolean =>
  chunk.length >= prefixBytes && chunk.readUInt32BE(1) === chunk.length - prefixBytes;

/**
 * Reads the messages of a call and counts each byte in its budget. A message that makes no progress ends the call.
 * Messages of a stream are read on request; a single request is read at once, together with the end of the stream.
 */
export class RequestReader implements MonitoredOperation {
  readonly #deframer: Deframer;
  /** Messages of a stream that were not passed on yet. */
  readonly #waiting: Buffer[] = [];
  #isWanted = false;
  #hasEnded = false;
  /** The received bytes of the current message since its time limit began. */
  #progress = 0;
  #isTimed = false;

  constructor(
    private readonly rpc: Pick<ServerRpc, 'path' | 'requestStream' | 'limit'>,
    private readonly stream: ServerHttp2Stream,
    private readonly budget: CallBudget,
    private readonly unfinished: ProgressWatchdog,
    private readonly events: RequestEvents,
  ) {
    this.#deframer = new Deframer(rpc.limit);
  }

  /** The number of messages that were not passed on yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  get waitsForServer(): boolean {
    return this.stream.isPaused();
  }

  start(): void {
    const { stream } = this;
    stream.once('end', () => this.#ended());
    if (!this.rpc.requestStream) {
      this.#startTime();
      return void stream.on('data', (chunk: Buffer) => this.#readSingle(chunk));
    }
    onArrival(stream, (bytes) => this.budget.arrived(bytes));
    stream.on('data', (chunk: Buffer) => this.#readStream(chunk)).pause();
    // What has arrived with the headers.
    if (stream.readableLength > 0) this.budget.arrived(stream.readableLength);
  }

  /** Reads messages until `onMessage` returns false. */
  read(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#pass();
    if (!this.#isWanted || this.#hasEnded || !this.budget.isOpen) return;
    // The time limit of further bytes begins now.
    if (this.#deframer.isWithin) this.#startTime();
    this.stream.resume();
  }

  /** Drops the messages that have arrived, and further ones. */
  stop(): void {
    this.unfinished.end(this);
    this.#waiting.length = 0;
    if (!this.stream.readableEnded) this.stream.removeAllListeners('data').resume();
  }

  expire(): void {
    this.events.onRejected(
      new GivcError(
        'DEADLINE_EXCEEDED',
        this.rpc.requestStream
          ? 'a message was begun and did not come: send it without a pause, or less at once'
          : 'the request did not come: send it whole, and end the stream of the call behind it',
      ),
    );
  }

  #readSingle(chunk: Buffer): void {
    const { budget } = this;
    budget.arrived(chunk.length);
    if (!budget.isOpen) return;
    budget.kept();
    if (!this.#deframer.isWithin && isOneMessage(chunk) && chunk.length - prefixBytes <= this.rpc.limit)
      this.#takeSingle({ message: chunk.subarray(prefixBytes), isCompressed: chunk[0] !== 0 });
    else {
      this.#deframer.write(ownBytes(chunk));
      for (let frame = this.#next(); frame; frame = this.#next()) this.#takeSingle(frame);
    }
    this.#afterChunk(chunk.length);
  }

  #takeSingle({ message, isCompressed }: Frame): void {
    if (isCompressed) return this.events.onCompressed();
    this.budget.single(message.length + prefixBytes);
    if (this.budget.isOpen) this.events.onMessage(message);
  }

  #readStream(chunk: Buffer): void {
    const { budget } = this;
    budget.settle();
    budget.kept();
    this.#deframer.write(chunk);
    for (let frame = this.#next(); frame; frame = this.#next()) {
      const { message, isCompressed } = frame;
      if (isCompressed) return this.events.onCompressed();
      this.unfinished.end(this);
      this.#isTimed = false;
      budget.message(message.length + prefixBytes);
      this.#waiting.push(message);
      this.#pass();
    }
    this.#afterChunk(chunk.length);
  }

  #afterChunk(bytes: number): void {
    if (!this.budget.isOpen) return;
    if (!this.#deframer.isWithin) return this.budget.released();
    this.#progress += bytes;
    if (!this.#isTimed || this.#progress >= progressBytes) this.#startTime();
  }

  /** Undefined when there is none, or the call was rejected. */
  #next(): Frame | undefined {
    if (!this.budget.isOpen) return undefined;
    try {
      return this.#deframer.read();
    } catch (error) {
      if (!(error instanceof MessageTooLarge)) throw error;
      const { bytes, limit } = error;
      const problem = `received a message larger than max (${bytes} vs ${limit}) for ${this.rpc.path.slice(1)}`;
      this.events.onRejected(new GivcError('RESOURCE_EXHAUSTED', problem));
      return undefined;
    }
  }

  #pass(): void {
    const { events } = this;
    while (this.#isWanted && this.#waiting.length > 0) this.#isWanted = events.onMessage(this.#waiting.shift()!);
    if (this.#hasEnded) this.#passEnd();
    else if (!this.#isWanted && this.budget.isOpen) this.stream.pause();
  }

  #passEnd(): void {
    if (this.#waiting.length > 0) return;
    // Once.
    this.#isWanted = true;
    this.events.onEnd();
  }

  #ended(): void {
    // Node ends a stream that its caller has reset as well.
    if (this.stream.aborted || !this.budget.isOpen) return;
    this.unfinished.end(this);
    this.#hasEnded = true;
    this.#passEnd();
  }

  #startTime(): void {
    this.#isTimed = true;
    this.#progress = 0;
    this.unfinished.begin(this);
  }
}
