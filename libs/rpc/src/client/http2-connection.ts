// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ClientHttp2Session } from 'node:http2';
import { largestMessage } from '../message-limits.js';
import type { Metadata } from '../wire/metadata.js';
import type { CallEvents, CallStream, Connection } from './connection.js';
import { Http2Call, type CallHost } from './http2-call.js';

export interface Http2ConnectionOptions {
  readonly scheme: 'http' | 'https';
  /** The name of the server. */
  readonly authority: string;
  readonly messageBytes: number | undefined;
  /** Called once, when it accepts no further calls. */
  readonly onLost: () => void;
}

/** The time limit for sending the remaining data of a connection that closes. */
const lingerMs = 1_000;

/** A connection of HTTP/2 whose settings the server has sent. It keeps the process alive while calls are open on it. */
export class Http2Connection implements Connection, CallHost {
  readonly messageBytes: number;
  readonly #open = new Set<Http2Call>();
  #isLost = false;

  constructor(
    private readonly session: ClientHttp2Session,
    private readonly options: Http2ConnectionOptions,
  ) {
    this.messageBytes = options.messageBytes ?? largestMessage;
    session.unref();
    session.on('goaway', () => this.#lose());
    session.on('close', () => this.#lose());
    // `close` follows.
    session.on('error', () => undefined);
  }

  get isOpen(): boolean {
    return !this.#isLost && !this.session.closed && !this.session.destroyed;
  }

  get isBroken(): boolean {
    return this.session.destroyed;
  }

  open(path: string, metadata: Metadata | undefined, events: CallEvents): CallStream {
    const stream = this.session.request({
      ':method': 'POST',
      ':scheme': this.options.scheme,
      ':authority': this.options.authority,
      ':path': path,
      te: 'trailers',
      'content-type': 'application/grpc',
      'user-agent': 'grpc-node-givc',
      ...metadata?.toHeaders(),
    });
    if (this.#open.size === 0) this.session.ref();
    const call = new Http2Call(stream, events, this);
    this.#open.add(call);
    return call;
  }

  ended(call: Http2Call): void {
    if (this.#open.delete(call) && this.#open.size === 0) this.session.unref();
  }

  close(): void {
    this.#isLost = true;
    this.session.close();
  }

  abandon(): void {
    this.close();
    // What is already queued is still sent; the time limit is for a peer that has vanished.
    setTimeout(() => this.session.destroy(), lingerMs).unref();
  }

  #lose(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.options.onLost();
  }
}
