// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { CallStatus } from '../wire/call-status.js';
import type { Metadata } from '../wire/metadata.js';
import type { AuthContext, ReceivedMetadata } from './call.js';

/** The side of a call that faces its caller: over HTTP/2, or over the network of a simulation. */
export interface CallCarrier {
  /** `/package.Service/Method`. */
  readonly path: string;
  /** `ADDRESS:PORT`, or `unknown`. */
  readonly peer: string;
  readonly authContext: AuthContext;
  readonly metadata: ReceivedMetadata;
  /** Milliseconds since 1970; Infinity without a deadline. */
  readonly deadline: number;
  /** The call wants messages, until its receiver returns false again. */
  read(): void;
  /** Ahead of the first message; nothing after that. */
  sendHeaders(metadata: Metadata): void;
  /** Sends one of several messages; `onSent` is called when it has left, and not once the call has ended. */
  sendMessage(message: unknown, onSent: () => void): void;
  /** Sends the only message, and OK. */
  answer(message: unknown): void;
  /** Sends what was written before, and the status. Nothing follows; a second status is ignored. */
  sendStatus(status: CallStatus): void;
}

/** The side of a call that faces its handler. */
export interface CallReceiver {
  /** The number of messages that it keeps for its handler. */
  readonly unread: number;
  /** Returns whether it wants another message now; otherwise it asks by `read`. */
  onMessage(message: unknown): boolean;
  /** The caller sends no more messages. */
  onEnd(): void;
  /** The call has ended, and not by its handler; called once at most. */
  onCancelled(): void;
}
