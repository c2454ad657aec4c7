// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import type { TLSSocket } from 'node:tls';
import { Timeout } from '@givc/time';
import type { GivcError } from '@givc/model';
import type { StreamFrame } from '../generated/socket/socket.js';
import { codeOf } from '../status.js';
import { controlRecord, kinds, recordHeader, RecordReader, violation, type RecordEvents } from './records.js';

/** The time limit for the peer to read the last record of a connection that has failed. */
const closeMs = 5_000;
const nothing = Buffer.alloc(0);
/** The close follows an error. */
const ignoreError = (): void => undefined;

/**
 * One end of a socket of another machine, over a TLS connection of its own: what a call of `TransferData` is, with the
 * same frames, without HTTP/2 between. It emits `data` with frames, `end` when the peer has ended its direction,
 * `error` with a `CallError` when it failed, and `close`; without `end` or `error` before, it was cut off.
 *
 * When both directions have ended, the TLS connection is passed on, and this object has no part in it any more.
 *
 * It is read from `resume` on. While it is paused it keeps a piece of TLS, the part of a record, and what its socket
 * reads ahead: some 100 KiB at most.
 */
export abstract class SocketConnection extends EventEmitter implements RecordEvents {
  #isReading: boolean;
  /** The rest of what was read when it was paused. */
  #held: Buffer | undefined;
  readonly #reader: RecordReader;
  #unwritten = 0;
  #isEnding = false;
  #isEndWritten = false;
  #hasEnded = false;
  #hasSocketEnded = false;
  /** Whether the TLS connection is closed, or was passed on. */
  #isClosed = false;
  /** Whether `close` was emitted. */
  #hasClosed = false;
  #closing: Timeout | undefined;

  /** `release` gets the TLS connection after both ends, paused; what was read behind them is in it again. */
  protected constructor(
    readonly socket: TLSSocket,
    first: 'open' | 'accepted',
    private readonly release: (socket: TLSSocket) => void,
  ) {
    super();
    // An error without another listener must not end the program (node:events, "Error events").
    this.on('error', ignoreError);
    // The server reads the first record at once.
    this.#isReading = first === 'open';
    this.#reader = new RecordReader(first, this);
    socket.allowHalfOpen = true;
    // It stays, once, when the TLS connection is passed on.
    socket.off('error', ignoreError).on('error', ignoreError);
    socket.on('data', this.#read).on('end', this.#onSocketEnd).on('close', this.#onSocketClose);
    if (this.#isReading) socket.resume();
    else socket.pause();
  }

  get isReading(): boolean {
    return this.#isReading;
  }

  /** Whether the peer has ended its direction. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Whether this end has ended its direction. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Whether it has emitted `close`, or does so now. */
  get hasClosed(): boolean {
    return this.#hasClosed;
  }

  /** Whether records may be written. */
  get isWritable(): boolean {
    return !this.#isEnding && !this.socket.destroyed;
  }

  /** The number of frames that were written and have not left this process. */
  get writableLength(): number {
    return this.#unwritten;
  }

  /** `done` is called when the frame has left this process; if it cannot, `close` follows instead. */
  write({ Chunk, Eof }: StreamFrame, done?: () => void): boolean {
    if (!this.isWritable) return false;
    if (Chunk.length > 0) this.#send(Chunk, Eof ? undefined : done);
    if (Eof) this.#sendEnd(done);
    return this.#unwritten === 0;
  }

  /** Ends this direction, unless it has ended. */
  end(): void {
    if (this.isWritable) this.#sendEnd();
  }

  /** Reads no further frames until `resume`. */
  pause(): void {
    this.#isReading = false;
    if (!this.#isClosed) this.socket.pause();
  }

  /** Reads frames, from the first that has not been emitted. */
  resume(): void {
    if (this.#hasClosed || this.#isDone) return;
    this.#isReading = true;
    const held = this.#held;
    this.#held = undefined;
    if (held) this.#read(held);
    if (!this.#isReading) return;
    if (!this.#isClosed) this.socket.resume();
    this.#seeEnd();
    this.#seeClose();
  }

  /** Closes it at once, without `end`; has no effect on a TLS connection that was passed on. */
  destroy(): void {
    if (this.#hasClosed) return;
    this.#held = undefined;
    this.socket.destroy();
    this.#seeClose();
  }

  abstract onOpen(path: string): void;
  abstract onAccepted(): void;
  abstract onFailed(code: number, message: string): void;
  /** The peer has violated the protocol; nothing more is read. */
  protected abstract onViolation(code: number, message: string): void;
  /** It is closed, and the listeners of `close` are called next. */
  protected abstract onClose(): void;

  onData(Chunk: Buffer): void {
    this.emit('data', { Chunk, Eof: false });
  }

  /** The peer has ended its direction. */
  onEnd(): void {
    this.#hasEnded = true;
    this.emit('data', { Chunk: nothing, Eof: true });
    this.emit('end');
    // What follows both ends is for the next user of the TLS connection. Without the other end, the close of the peer
    // is to be noticed.
    if (this.#isClosed) return;
    if (this.#isDone) this.pause();
    else this.socket.resume();
  }

  /** Reads no more, and sends a last record, which the peer has to read within 5 s. After `end`, it is cut off. */
  protected sendLast(record: Buffer): void {
    if (this.#isEnding) return this.destroy();
    this.#isEnding = true;
    this.#isReading = false;
    this.#held = undefined;
    this.socket.off('data', this.#read).resume();
    this.socket.write(record);
    this.socket.destroySoon();
    this.#closing ??= new Timeout(closeMs, () => this.destroy(), { unref: true });
  }

  /** Both directions have ended, though the end of this one may not have left this process. */
  get #isDone(): boolean {
    return this.#isEnding && this.#hasEnded;
  }

  #send(chunk: Buffer, done?: () => void): void {
    this.#unwritten++;
    this.socket.cork();
    this.socket.write(recordHeader(kinds.data, chunk.length));
    this.socket.write(chunk, (error) => {
      this.#unwritten--;
      if (!error) done?.();
    });
    this.socket.uncork();
  }

  #sendEnd(done?: () => void): void {
    this.#isEnding = true;
    this.socket.write(controlRecord(kinds.end), (error) => {
      if (error) return;
      this.#isEndWritten = true;
      done?.();
      this.#passOn();
    });
    if (this.#isDone) this.pause();
  }

  /** Passes the TLS connection on, when both ends have been sent. */
  #passOn(): void {
    if (!this.#hasEnded || !this.#isEndWritten || this.#isClosed) return;
    const { socket } = this;
    this.#isClosed = true;
    socket.off('data', this.#read).off('end', this.#onSocketEnd).off('close', this.#onSocketClose);
    const held = this.#held;
    this.#held = undefined;
    if (this.#hasSocketEnded) socket.destroySoon();
    else if (held) socket.unshift(held);
    this.#seeClose();
    if (!this.#hasSocketEnded) this.release(socket);
  }

  readonly #read = (chunk: Buffer): void => {
    try {
      // Only the end of the connection may follow while this end has not ended.
      if (this.#hasEnded && !this.#isDone) throw violation('more after the end');
      this.#held = this.#reader.read(chunk);
      this.#passOn();
    } catch (error) {
      const { reason, message } = error as GivcError;
      this.#isReading = false;
      this.socket.off('data', this.#read);
      this.onViolation(codeOf(reason), message);
    }
  };

  readonly #onSocketEnd = (): void => {
    this.#hasSocketEnded = true;
    this.#seeEnd();
  };

  readonly #onSocketClose = (): void => {
    this.#closing?.cancel();
    this.#isClosed = true;
    // After a regular end, data that was read before it is still for the reader.
    if (!this.#hasSocketEnded) this.#held = undefined;
    this.#seeClose();
  };

  #seeClose(): void {
    if (!this.#isClosed || this.#held || this.#hasClosed) return;
    this.#hasClosed = true;
    this.onClose();
    this.emit('close');
  }

  #seeEnd(): void {
    if (this.#hasSocketEnded && !this.#held && !this.#hasEnded) this.destroy();
  }
}
