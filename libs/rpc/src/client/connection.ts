// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ConnectionFailure } from '../connection-failure.js';
import type { CallStatus } from '../wire/call-status.js';
import type { Metadata } from '../wire/metadata.js';
import type { ConnectError } from './connect-error.js';

/** How a call has ended: the status of the server, or one that was made here because there was none. */
export interface CallOutcome extends CallStatus {
  /** Present when the call failed because of its connection. */
  readonly failure?: ConnectionFailure;
}

/** The events of a call. */
export interface CallEvents {
  /** The metadata that precedes the messages; absent in a call that only has a status. */
  onHeaders(metadata: Metadata): void;
  /** Called for each message of the server, in order, without its prefix. */
  onMessage(message: Buffer): void;
  /**
   * Called once; no event follows. A success is reported after the last message was delivered; a failure at once, and
   * messages that were not delivered are dropped.
   */
  onEnd(outcome: CallOutcome): void;
}

/** The sending side of a call. */
export interface CallStream {
  /** Sends a message; `sent` is called when it has left this process, or the call has ended. */
  send(message: Buffer, sent: () => void): void;
  /** Ends the requests, after this message if there is one. */
  end(message?: Buffer): void;
  /**
   * Sends a PING frame on the connection of the call (RFC 9113, 6.7). `answered` is called when it is acknowledged, and
   * not any more once the call has ended. The acknowledgement says that the process of the server runs and reads the
   * connection, but not that the handler of the call does.
   */
  ping(answered: () => void): void;
  /** Delivers no more messages until `resume`; the server waits once the window is full. */
  pause(): void;
  /** Delivers messages again, from the first that has not been delivered. */
  resume(): void;
  /** Ends the call on both sides. No event follows. */
  cancel(): void;
}

/** A connection on which calls can be made. */
export interface Connection {
  /** Whether it accepts calls: it is connected, and the server has not sent GOAWAY. */
  readonly isOpen: boolean;
  /** Begins a call. Its events follow asynchronously. */
  open(path: string, metadata: Metadata | undefined, events: CallEvents): CallStream;
  /** Accepts no further calls, and closes after the last open one. */
  close(): void;
  /** Closes at once, and ends its calls. */
  abandon(): void;
}

/** The events of an attempt to connect and of the connection that it made. */
export interface ConnectEvents {
  /** The server has accepted the connection, and the handshake begins. */
  accepted(): void;
  /** Calls can be made. */
  ready(connection: Connection): void;
  /** The attempt has failed; no event follows. */
  failed(error: ConnectError): void;
  /** A connection that was ready accepts no further calls; open calls may continue. */
  lost(): void;
}

/** Makes connections to one server. */
export interface Connector {
  /**
   * Begins an attempt to connect. Returns a function that cancels the attempt; it has no effect once the connection is
   * ready.
   */
  connect(events: ConnectEvents): () => void;
}
