// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Endpoint } from '@givc/model';
import type { Metadata } from '../wire/metadata.js';
import type { ConnectError } from './connect-error.js';
import type { CallEvents, CallStream, ConnectEvents, Connection, Connector } from './connection.js';
import { Dialer, type DialOptions } from './dialer.js';

/** The client's end of a call on a `FakeConnection`. */
export class FakeStream implements CallStream {
  readonly sent: string[] = [];
  isEnded = false;
  isCancelled = false;
  isPaused = false;

  constructor(
    readonly path: string,
    readonly metadata: Metadata | undefined,
    readonly events: CallEvents,
  ) {}

  send(message: Buffer, sent: () => void): void {
    this.sent.push(String(message));
    sent();
  }
  end(message?: Buffer): void {
    if (message) this.sent.push(String(message));
    this.isEnded = true;
  }
  /** The pings that are not answered. */
  readonly pings: (() => void)[] = [];
  ping(answered: () => void): void {
    this.pings.push(answered);
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
  cancel(): void {
    this.isCancelled = true;
  }
}

/** A connection on which nothing happens by itself. */
export class FakeConnection implements Connection {
  isOpen = true;
  readonly streams: FakeStream[] = [];
  end: 'closed' | 'abandoned' | undefined;

  open(path: string, metadata: Metadata | undefined, events: CallEvents): FakeStream {
    this.streams.push(new FakeStream(path, metadata, events));
    return this.streams.at(-1)!;
  }
  close(): void {
    this.end = 'closed';
  }
  abandon(): void {
    this.end = 'abandoned';
  }
}

/** An attempt to connect whose events the test makes. */
export class FakeAttempt {
  readonly connection = new FakeConnection();
  isGivenUp = false;

  constructor(private readonly events: ConnectEvents) {}

  accept(): void {
    this.events.accepted();
  }
  succeed(): FakeConnection {
    this.events.ready(this.connection);
    return this.connection;
  }
  fail(message = 'nothing listens there', problem: ConnectError['problem'] = 'refused'): void {
    this.events.failed({ problem, message });
  }
  lose(): void {
    this.connection.isOpen = false;
    this.events.lost();
  }
}

export class FakeConnector implements Connector {
  /** Those that were begun, in order. */
  readonly attempts: FakeAttempt[] = [];

  connect(events: ConnectEvents): () => void {
    const attempt = new FakeAttempt(events);
    this.attempts.push(attempt);
    return () => (attempt.isGivenUp = true);
  }

  get last(): FakeAttempt {
    return this.attempts.at(-1)!;
  }
}

/** Hands out its only connector, and says when certificates are new. */
export class FakeDialer extends Dialer {
  readonly connector = new FakeConnector();
  readonly listeners = new Set<() => void>();
  options: DialOptions | undefined;

  override onNewCertificate(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  replaceCertificate(): void {
    for (const listener of this.listeners) listener();
  }

  dial(_: Endpoint, options: DialOptions): Connector {
    this.options = options;
    return this.connector;
  }
}
