// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import type { TLSSocket } from 'node:tls';
import { Timeout } from '@givc/time';
import type { GivcError } from '@givc/model';
import type { StreamFrame } from '../generated/socket/socket.js';
import { codeOf } from '../status.js';
import { controlRecord, kinds, recordHeader, RecordReader, type RecordEvents } from './records.js';

/** The time limit for the peer to read the last record of a connection that has failed. */
const closeMs = 5_000;
const nothing = Buffer.alloc(0);

/**
 * One end of a socket of another machine, over a TLS connection of its own: what a call of `TransferData` is, with the
 * same frames, without HTTP/2 between. It emits `data` with frames, `end` when the peer has ended its direction,
 * `error` with a `CallError` when it failed, and `close`; without `end` or `error` before, it was cut off.
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
  #hasEnded = false;
  #hasSocketEnded = false;
  #isClosed = false;
  /** Whether `close` was emitted. */
  #hasClosed = false;
  #closing: Timeout | undefined;

  protected constructor(
    readonly socket: TLSSocket,
    first: 'open' | 'accepted',
  ) {
    super();
    // The server reads the first record at once.
    this.#isReading = first === 'open';
    this.#reader = new RecordReader(first, this);
    socket.allowHalfOpen = true;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    if (!this.#isReading) socket.pause();
    // The end follows.
    socket.on('error', () => undefined);
    socket.once('end', () => {
      this.#hasSocketEnded = true;
      this.#seeEnd();
    });
    socket.once('close', () => {
      this.#closing?.cancel();
      this.#isClosed = true;
      // After a regular end, data that was read before it is still for the reader.
      if (!this.#hasSocketEnded) this.#held = undefined;
      this.#seeClose();
    });
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

  /** The number of frames that were written and have not left this process. */
  get writableLength(): number {
    return this.#unwritten;
  }

  /** `done` is called when the frame has left this process; if it cannot, `close` follows instead. */
  write({ Chunk, Eof }: StreamFrame, done?: () => void): boolean {
    if (this.#isEnding || this.socket.destroyed) return false;
    if (Chunk.length > 0) this.#send(Chunk, Eof ? undefined : done);
    if (Eof) this.#sendEnd(done);
    return this.#unwritten === 0;
  }

  /** Ends this direction, unless it has ended. */
  end(): void {
    if (!this.#isEnding && !this.socket.destroyed) this.#sendEnd();
  }

  /** Reads no further frames until `resume`. */
  pause(): void {
    this.#isReading = false;
    this.socket.pause();
  }

  /** Reads frames, from the first that has not been emitted. */
  resume(): void {
    this.#isReading = true;
    const held = this.#held;
    this.#held = undefined;
    if (held) this.#read(held);
    if (!this.#isReading) return;
    this.socket.resume();
    this.#seeEnd();
    this.#seeClose();
  }

  /** Closes it at once, without `end`. */
  destroy(): void {
    this.#held = undefined;
    this.socket.destroy();
    this.#seeClose();
  }

  abstract onOpen(path: string): void;
  abstract onAccepted(): void;
  abstract onFailed(code: number, message: string): void;
  /** It is closed, and the listeners of `close` are called next. */
  protected abstract onClose(): void;

  onData(Chunk: Buffer): void {
    this.emit('data', { Chunk, Eof: false });
  }

  /** The peer has ended its direction. */
  onEnd(): void {
    this.#hasEnded = true;
    this.emit('data', { Chunk: nothing, Eof: true });
    // The end of TLS follows. Each end reads that of the other before it closes: TCP would drop data that has not
    // arrived.
    this.socket.resume();
  }

  /** Reads no more, and sends a last record, which the peer has to read within 5 s. */
  protected sendLast(record: Buffer): void {
    this.#isEnding = true;
    this.#isReading = false;
    this.#held = undefined;
    this.socket.removeAllListeners('data').resume();
    this.socket.write(record);
    this.socket.destroySoon();
    this.#closing ??= new Timeout(closeMs, () => this.destroy(), { unref: true });
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
    this.socket.end(controlRecord(kinds.end), (error?: Error | null) => {
      if (!error) done?.();
    });
  }

  #read(chunk: Buffer): void {
    try {
      this.#held = this.#reader.read(chunk);
    } catch (error) {
      const { reason, message } = error as GivcError;
      this.emit('error', { code: codeOf(reason), details: message });
      this.destroy();
    }
  }

  #seeClose(): void {
    if (!this.#isClosed || this.#held || this.#hasClosed) return;
    this.#hasClosed = true;
    this.onClose();
    this.emit('close');
  }

  #seeEnd(): void {
    if (!this.#hasSocketEnded || this.#held) return;
    if (this.#hasEnded) this.emit('end');
    else this.destroy();
  }
}
