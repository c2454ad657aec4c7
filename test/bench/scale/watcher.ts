// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { connect, type TLSSocket } from 'node:tls';
import { services, type TlsMaterial } from '@givc/rpc';
import { callFields, flag, frame, headerBlock, message, preface, type, uint32 } from '../../support/http2-frames.js';

const { watch } = services['admin.AdminService'];
const [largest, usualWindow, frameHead] = [0x7fff_ffff, 65_535, 9];
const call = { headers: headerBlock(callFields(watch.path)), body: message(Buffer.alloc(0)) };

export interface WatcherEvents {
  /** A watch has its whole initial list. */
  listed(): void;
  /** A watch has received a change. */
  changed(message: Buffer): void;
  /** A watch has ended. */
  ended(reason: string): void;
}

/**
 * Watches over one connection. The class reads frames itself and does not decode the list, because decoding would
 * dominate the measurement. All messages after the first of a watch are changes, which fit into one frame.
 */
export class WatcherConnection {
  #received: Buffer = Buffer.alloc(0);
  /** The bytes of the initial list that a watch has not received yet; undefined before its first frame. */
  readonly #missing = new Map<number, number | undefined>();
  #stream = 1;

  private constructor(
    private readonly socket: TLSSocket,
    private readonly events: WatcherEvents,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('close', () => this.events.ended('the connection is closed'));
    socket.on('error', () => undefined);
  }

  static open(localAddress: string, port: number, material: TlsMaterial, events: WatcherEvents): WatcherConnection {
    const socket = connect({
      ...{
        host: '127.0.0.1',
        port,
        localAddress,
        ...material,
        ALPNProtocols: ['h2'],
        checkServerIdentity: () => undefined,
      },
    });
    const connection = new WatcherConnection(socket, events);
    socket.write(preface);
    socket.write(frame(type.settings, 0, 0, Buffer.from([0, 4, ...uint32(largest)])));
    socket.write(frame(type.windowUpdate, 0, 0, uint32(largest - usualWindow)));
    return connection;
  }

  /** Begins one more watch. */
  watch(): void {
    const stream = this.#stream;
    this.#stream += 2;
    this.#missing.set(stream, undefined);
    this.socket.write(frame(type.headers, flag.endHeaders, stream, call.headers));
    this.socket.write(frame(type.data, flag.endStream, stream, call.body));
  }

  close(): void {
    this.socket.removeAllListeners('close');
    this.socket.destroy();
  }

  #receive(chunk: Buffer): void {
    let data = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    while (data.length >= frameHead) {
      const end = frameHead + data.readUIntBE(0, 3);
      if (data.length < end) break;
      this.#read(data[3]!, data[4]!, data.readUInt32BE(5), data.subarray(frameHead, end));
      data = data.subarray(end);
    }
    this.#received = data;
  }

  #read(kind: number, flags: number, stream: number, payload: Buffer): void {
    const isAck = (flags & flag.ack) !== 0;
    if (kind === type.data && payload.length > 0) this.#readData(stream, payload);
    else if (kind === type.settings && !isAck) this.socket.write(frame(type.settings, flag.ack, 0, Buffer.alloc(0)));
    else if (kind === type.ping && !isAck) this.socket.write(frame(type.ping, flag.ack, 0, payload));
    else if (
      kind === type.rstStream ||
      kind === type.goAway ||
      (kind === type.headers && (flags & flag.endStream) !== 0)
    )
      this.events.ended(`frame ${kind}: ${payload.toString('hex')}`);
  }

  #readData(stream: number, payload: Buffer): void {
    const missing = this.#missing.get(stream) ?? payload.readUInt32BE(1) + 5;
    if (missing === 0) return this.events.changed(payload);
    this.#missing.set(stream, missing - payload.length);
    if (missing === payload.length) this.events.listed();
  }
}
