// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { GivcError } from '@givc/model';
import type { socketproxy } from '@givc/rpc';
import { useFakeTime } from '../../fixtures/fake-time.fixture.js';
import { splice } from './splice.js';

type Frame = socketproxy.StreamFrame;

/** A stream whose other end is the test, which records the written chunks and can delay them. */
class Held extends Duplex {
  /** The written chunks that its other end has read. */
  readonly taken: unknown[] = [];
  #isReading = true;
  #waiting: (() => void)[] = [];

  /** Makes further written chunks wait. */
  stopReading(): void {
    this.#isReading = false;
  }

  /** Reads the first waiting chunk. */
  readOne(): void {
    this.#waiting.shift()?.();
  }

  readAgain(): void {
    this.#isReading = true;
    for (const take of this.#waiting.splice(0)) take();
  }

  override _read(): void {}

  override _write(chunk: unknown, _: BufferEncoding, done: () => void): void {
    const take = () => {
      this.taken.push(chunk);
      done();
    };
    if (this.#isReading) take();
    else this.#waiting.push(take);
  }
}

/** A connected socket, as `net` makes them with `allowHalfOpen`; the test is its peer. */
export class FakeSocket extends Held {
  constructor() {
    super({ allowHalfOpen: true, autoDestroy: true, writableHighWaterMark: 8, readableHighWaterMark: 8 });
  }

  destroySoon(): void {
    Socket.prototype.destroySoon.call(this);
  }

  get asSocket(): Socket {
    return this as unknown as Socket;
  }

  get bytesWritten(): number {
    return (this.taken as Buffer[]).reduce((sum, { length }) => sum + length, this.writableLength);
  }

  /** The bytes that the peer has read. */
  get received(): string {
    return Buffer.concat(this.taken as Buffer[]).toString();
  }

  /** The peer sends. */
  send(text: string): void {
    this.push(text);
  }

  /** The peer ends its direction. */
  sendEnd(): void {
    this.push(null);
  }
}

/** Our end of a call of `socketproxy.SocketStream/TransferData`; the test is the other. */
export class FakeFrames extends Held {
  constructor() {
    super({ objectMode: true, allowHalfOpen: true, autoDestroy: false, writableHighWaterMark: 1 });
  }

  /** The messages that the other end has read: chunks as text, and ends. */
  get received(): readonly string[] {
    return (this.taken as Frame[]).map(({ Chunk, Eof }) => `${Chunk.toString()}${Eof ? ' (end)' : ''}`);
  }

  /** The other end sends. */
  send(text: string, Eof = false): void {
    this.push({ Chunk: Buffer.from(text), Eof });
  }

  sendEof(): void {
    this.send('', true);
  }

  /** The other end ends the call, or its side of it. */
  sendEnd(): void {
    this.push(null);
  }
}

/** A socket and a call that are joined. */
export class FakePair {
  readonly socket = new FakeSocket();
  readonly frames = new FakeFrames();
  /** The outcome: `done`, or the reason of its failure. */
  outcome: string | undefined;
  failure: GivcError | undefined;

  join({ halfCloses = true, client = 'socket' }: { halfCloses?: boolean; client?: 'socket' | 'frames' } = {}): void {
    splice(this.socket.asSocket, this.frames, { halfCloses: () => halfCloses, client }).then(
      () => (this.outcome = 'done'),
      (error: GivcError) => {
        this.outcome = error.reason;
        this.failure = error;
      },
    );
  }

  /** Until `end()`. */
  static onVirtualClock(): FakePair {
    useFakeTime();
    return new FakePair();
  }

  get isClosed(): boolean {
    return this.socket.destroyed;
  }

  /** Ends a test. */
  end(): void {
    this.socket.destroy();
    this.frames.destroy();
    jest.useRealTimers();
  }
}
