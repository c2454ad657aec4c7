// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { CallStatus } from '../wire/call-status.js';
import type { Metadata } from '../wire/metadata.js';
import type { OpeningCall } from './call-gate.js';
import type { ReceivedMetadata } from './call.js';

/** The transport's side of a call: HTTP/2, or the network of a simulation. */
export interface CallTransport extends OpeningCall {
  readonly metadata: ReceivedMetadata;
  /** Milliseconds since 1970; Infinity without a deadline. */
  readonly deadline: number;
  /** Requests messages until the receiver returns false. */
  read(): void;
  /**
   * Calls the listener when the caller has sent a PING frame, until the call has ended. Several frames that arrive
   * together may be one event. A PING belongs to the connection: it is one of each call on it that listens.
   */
  onPing(listener: () => void): void;
  /** Sends metadata ahead of the first message; no effect after that. */
  sendHeaders(metadata: Metadata): void;
  /** Sends one of several messages; `onSent` is called when it has left this process, unless the call has ended. */
  sendMessage(message: unknown, onSent: () => void): void;
  /** Sends the only message, and OK. */
  answer(message: unknown): void;
  /** Sends the status after the messages. Nothing follows; a second status is ignored. */
  sendStatus(status: CallStatus): void;
}

/** The handler's side of a call. */
export interface CallReceiver {
  /** The number of messages that its handler has not read. */
  readonly unread: number;
  /** Returns whether to read another message now; otherwise it calls `read` later. */
  onMessage(message: unknown): boolean;
  /** The caller sends no more messages. */
  onEnd(): void;
  /** The call has ended before its handler ended it; called once at most. */
  onCancelled(): void;
}
