// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ServerHttp2Stream } from 'node:http2';
import type { ServerInterceptor } from '@grpc/grpc-js';

/** The documented part of the call of an interceptor in grpc-js. */
export type InterceptedCall = ReturnType<ServerInterceptor>;

/**
 * The call with private parts of grpc-js (1.14.7) for which there is no documented way: its HTTP/2 stream, the messages
 * that are decoded and not yet read, and the methods that pass requests and answers on, which may be replaced.
 * intercepted-call.spec.ts fails when one of them changes.
 */
export interface CallInternals {
  readonly stream: ServerHttp2Stream;
  /** The queue of messages, in order; the end of the requests is an entry of the type `HALF_CLOSE`. */
  readonly readQueue: readonly { readonly type: string }[];
  maxReceiveMessageSize: number;
  startRead(): void;
  sendMessage(message: unknown, onSent: () => void): void;
  sendStatus(status: object): void;
}

/** The call that grpc-js passes to the first interceptor, not one that another interceptor has wrapped. */
export const internalsOf = (call: InterceptedCall): CallInternals => call as unknown as CallInternals;
