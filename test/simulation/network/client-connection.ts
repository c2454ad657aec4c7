// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { CallEvents, CallStream, Connection, Metadata } from '@givc/rpc';
import { ClientCall } from './client-call.js';
import type { Connection as Wire } from './connection.js';
import type { CallTap } from './dialer.js';
import type { Frame } from './frames.js';
import type { Rewriting } from './older-reports.js';

/** The client's end of a connection, which takes calls. */
export class ClientConnection implements Connection {
  readonly #calls = new Map<number, ClientCall>();
  /** The pings that are not answered, in order. */
  readonly #pings: (() => void)[] = [];
  #ids = 0;
  #isLost = false;

  constructor(
    private readonly wire: Wire,
    private readonly window: number,
    private readonly tap: CallTap,
    private readonly rewriting: Rewriting,
    private readonly onLost: () => void,
  ) {}

  get isOpen(): boolean {
    return !this.#isLost;
  }

  open(path: string, metadata: Metadata | undefined, events: CallEvents): CallStream {
    const id = this.#ids++;
    const carrier = {
      window: this.window,
      send: (frame: Frame) => this.wire.send('client', frame),
      ping: (answered: () => void) => {
        this.#pings.push(answered);
        this.wire.send('client', { kind: 'ping' });
      },
      request: (bytes: Buffer) => this.rewriting.request(path, bytes),
      response: (bytes: Buffer) => this.rewriting.response(path, bytes),
      tap: (bytes: Buffer) => this.tap(path, bytes),
      ended: () => {
        this.#calls.delete(id);
        this.#closeUnused();
      },
    };
    const call = new ClientCall(id, carrier, events);
    this.#calls.set(id, call);
    call.begin(path, metadata);
    return call;
  }

  close(): void {
    this.#isLost = true;
    this.#closeUnused();
  }

  abandon(): void {
    this.#isLost = true;
    this.wire.close('client');
  }

  receive(frame: Frame): void {
    switch (frame.kind) {
      case 'ping':
        return this.wire.send('client', { kind: 'pong' });
      case 'pong':
        return this.#pings.shift()!();
      case 'goaway':
        // Calls that exist already continue.
        return this.#lose();
      case 'headers':
      case 'message':
      case 'window':
      case 'status':
      case 'reset':
        return this.#calls.get(frame.call)?.receive(frame);
      default:
        throw new Error(`a client is sent ${frame.kind}`);
    }
  }

  closed(): void {
    for (const call of [...this.#calls.values()]) call.break();
    this.#lose();
  }

  #lose(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.onLost();
  }

  #closeUnused(): void {
    if (this.#isLost && this.#calls.size === 0) this.wire.close('client');
  }
}
