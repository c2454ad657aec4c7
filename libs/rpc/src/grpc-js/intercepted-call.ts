// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ServerHttp2Stream } from 'node:http2';
import type { ServerInterceptor } from '@grpc/grpc-js';

/** What an interceptor of grpc-js gets, as grpc-js documents it. */
export type InterceptedCall = ReturnType<ServerInterceptor>;

/**
 * The same with what grpc-js (1.14.7) does not document, and has no other way to: the HTTP/2 stream of the call, the
 * messages that are decoded and not yet taken, and the methods that pass requests and answers on, which may be replaced.
 * intercepted-call.spec.ts fails when one of them moves.
 */
export interface CallInternals {
  readonly stream: ServerHttp2Stream;
  /** What is to be handed on, in order; the end of the requests is an entry of the type `HALF_CLOSE`. */
  readonly readQueue: readonly { readonly type: string }[];
  maxReceiveMessageSize: number;
  startRead(): void;
  sendMessage(message: unknown, onSent: () => void): void;
  sendStatus(status: object): void;
}

/** The call that grpc-js hands to the first interceptor; not what another interceptor has made of it. */
export const internalsOf = (call: InterceptedCall): CallInternals => call as unknown as CallInternals;
