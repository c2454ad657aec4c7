// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import { flag, frame, preface, type, uint32 } from './http2-frames.js';

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly secureContext: SecureContext;
}

/** The time for which a server may neither answer nor end the connection. */
const silenceLimitMs = 25_000;

const largest = 0x7fffffff;
const maxFrame = 16_384;
const frameHead = 9;

/** A connection of HTTP/2 of which the test determines every frame, valid or not. */
export class RawConnection {
  readonly #open = new Set<number>();
  readonly #calls = new Map<number, { bytes: number; readonly end: (bytes: number) => void }>();
  #received: Buffer = Buffer.alloc(0);
  #changed: () => void = () => {};
  #pings = 0;
  #pongs = 0;
  #nextStream = 1;
  #isGreeted = false;
  /** The number of bytes of data that the server accepts at present (RFC 9113, section 5.2). */
  #window = 65_535;
  /** Whether the server serves no more calls here: it has sent GOAWAY, or ended the connection. */
  isOver = false;
  readonly #closed: Promise<void>;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => undefined);
    socket.on('drain', () => this.#changed());
    this.#closed = new Promise((resolve) =>
      socket.on('close', () => {
        this.isOver = true;
        for (const stream of this.#calls.keys()) this.#ended(stream);
        this.#changed();
        resolve();
      }),
    );
  }

  /** A connection after the TLS handshake and the preface of HTTP/2, with a receive window that is always open. */
  static async open({ host, port, secureContext }: Target): Promise<RawConnection> {
    const socket = connectTls({
      host,
      port,
      secureContext,
      ALPNProtocols: ['h2'],
      checkServerIdentity: () => undefined,
    });
    const connection = new RawConnection(socket);
    connection.send(preface);
    connection.send(frame(type.settings, 0, 0, Buffer.from([0, 4, ...uint32(largest)])));
    connection.send(frame(type.windowUpdate, 0, 0, uint32(largest - 65_535)));
    await connection.#until(() => connection.#isGreeted);
    return connection;
  }

  /** A connection without TLS. */
  static openPlain({ host, port }: Target): RawConnection {
    return new RawConnection(connectTcp(port, host));
  }

  send(bytes: Buffer): void {
    if (!this.socket.destroyed) this.socket.write(bytes);
  }

  /** Sends data in frames of the usual size. Await `room` first, because the server's window may be too small. */
  sendData(stream: number, bytes: Buffer, isLast: boolean): void {
    this.#window -= bytes.length;
    let at = 0;
    do {
      const end = at + maxFrame;
      this.send(frame(type.data, isLast && end >= bytes.length ? flag.endStream : 0, stream, bytes.subarray(at, end)));
      at = end;
    } while (at < bytes.length);
  }

  /** Resolves at the end of a unary call with the size of its answer; 0 when the call failed and has no message. */
  call(headers: Buffer, body: Buffer): Promise<number> {
    const stream = this.newStream();
    this.#window -= body.length;
    this.send(
      Buffer.concat([
        frame(type.headers, flag.endHeaders, stream, headers),
        frame(type.data, flag.endStream, stream, body),
      ]),
    );
    return new Promise((end) => this.#calls.set(stream, { bytes: 0, end }));
  }

  /** The number of a new stream, which counts as open until the server ends it. */
  newStream(): number {
    const stream = this.#nextStream;
    this.#nextStream += 2;
    this.#open.add(stream);
    return stream;
  }

  /** Stops expecting that the server ends the stream. */
  forget(stream: number): void {
    this.#open.delete(stream);
  }

  /** Resolves when fewer than this many streams are open and 32 KiB may be sent, or the connection has ended. */
  async room(streams: number): Promise<void> {
    await this.#until(() => this.#open.size < streams && this.#window >= 0x8000 && !this.socket.writableNeedDrain);
  }

  /** Resolves when the server has read all that was sent, or the connection has ended. */
  async read(): Promise<void> {
    const ping = ++this.#pings;
    this.send(frame(type.ping, 0, 0, Buffer.alloc(8, 'ping')));
    await this.#until(() => this.#pongs >= ping);
  }

  /** Resolves when the server has ended the connection, however long that takes. */
  closed(): Promise<void> {
    return this.#closed;
  }

  /** Ends this direction, and resolves when the server has ended the other. */
  async end(): Promise<void> {
    this.socket.end();
    await this.#closed;
  }

  destroy(): void {
    this.socket.destroy();
  }

  async #until(condition: () => boolean): Promise<void> {
    if (this.isOver || condition()) return;
    await new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => {
        this.destroy();
        reject(new Error(`the server neither answered nor ended the connection in ${silenceLimitMs} ms`));
      }, silenceLimitMs);
      this.#changed = () => {
        if (!this.isOver && !condition()) return;
        clearTimeout(limit);
        this.#changed = () => {};
        resolve();
      };
    });
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    let at = 0;
    for (;;) {
      if (this.#received.length - at < frameHead) break;
      const length = this.#received.readUIntBE(at, 3);
      if (this.#received.length - at < frameHead + length) break;
      this.#read(this.#received.subarray(at, (at += frameHead + length)));
    }
    this.#received = this.#received.subarray(at);
    this.#changed();
  }

  #read(received: Buffer): void {
    const [kind, flags, stream] = [received[3]!, received[4]!, received.readUInt32BE(5)];
    const isAck = (flags & flag.ack) !== 0;
    switch (kind) {
      case type.settings:
        if (!isAck) this.send(frame(type.settings, flag.ack, 0, Buffer.alloc(0)));
        this.#isGreeted = true;
        return;
      case type.ping:
        if (isAck) this.#pongs++;
        return;
      case type.windowUpdate:
        if (stream === 0) this.#window += received.readUInt32BE(frameHead);
        return;
      case type.goAway:
        this.isOver = true;
        return;
      case type.rstStream:
        this.#ended(stream);
        return;
      case type.data:
      case type.headers: {
        const call = this.#calls.get(stream);
        if (call && kind === type.data) call.bytes += received.length - frameHead;
        if ((flags & flag.endStream) !== 0) this.#ended(stream);
      }
    }
  }

  #ended(stream: number): void {
    this.#open.delete(stream);
    const call = this.#calls.get(stream);
    this.#calls.delete(stream);
    call?.end(call.bytes);
  }
}
