// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ConnectionFailure } from '../connection-failure.js';
import type { CallStatus } from '../wire/call-status.js';
import type { Metadata } from '../wire/metadata.js';
import type { ConnectError } from './connect-error.js';

/** How a call has ended: the status of the server, or one that was made here for what prevented it. */
export interface CallOutcome extends CallStatus {
  /** Present when it failed for its connection. */
  readonly failure?: ConnectionFailure;
}

/** What comes from the server in a call. */
export interface CallEvents {
  /** The metadata that comes before the messages; absent in a call that only has a status. */
  onHeaders(metadata: Metadata): void;
  onMessage(message: Buffer): void;
  /**
   * Once, after which nothing follows. A success comes after the last message has been passed on; a failure at once, and
   * messages that wait are dropped.
   */
  onEnd(outcome: CallOutcome): void;
}

/** What goes to the server in a call. */
export interface CallStream {
  /** Sends a message; `sent` is called when it has gone out, or the call has ended. */
  send(message: Buffer, sent: () => void): void;
  /** Nothing follows, or only this message. */
  end(message?: Buffer): void;
  /** No more messages are passed on until `resume`, and the server has to wait once the window is full. */
  pause(): void;
  resume(): void;
  /** Ends the call for the server as well. No event follows. */
  cancel(): void;
}

/** A connection on which calls can be made. */
export interface Connection {
  /** Whether it takes more calls: the other end is there, and has not announced its end. */
  readonly isOpen: boolean;
  /** Begins a call. Events come later, never during this. */
  open(path: string, metadata: Metadata | undefined, events: CallEvents): CallStream;
  /** Takes no more calls, and ends after the last of those that are open. */
  close(): void;
  /** Ends at once, with its calls. */
  abandon(): void;
}

export interface ConnectEvents {
  /** The other end has accepted the connection, and the handshake begins. */
  accepted(): void;
  /** Calls can be made. */
  ready(connection: Connection): void;
  /** The attempt is over; nothing follows. */
  failed(error: ConnectError): void;
  /** A connection that was ready takes no more calls; calls that are open may go on. */
  lost(): void;
}

/** Makes connections to one server. */
export interface Connector {
  /** Begins an attempt to connect. Returns how to give it up, after which no event follows; once it is ready that has no effect. */
  connect(events: ConnectEvents): () => void;
}
