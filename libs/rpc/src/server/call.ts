// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { EventEmitter } from 'node:events';
import { createParamDecorator, type ArgumentsHost } from '@nestjs/common';
import { Metadata } from '@grpc/grpc-js';
import type { ServerDuplexStream, ServerReadableStream, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';

/** A gRPC call as its handler sees it, of whatever kind: who makes it, its path, its deadline, and `cancelled`. */
export type ServerCall = EventEmitter &
  Pick<
    ServerUnaryCall<unknown, unknown>,
    'cancelled' | 'metadata' | 'getAuthContext' | 'getDeadline' | 'getPath' | 'getPeer' | 'sendMetadata'
  >;

/** A call with one request and a stream of responses. */
export type ServerStreamingCall<Request, Response> = ServerWritableStream<Request, Response>;

/** A call with a stream of requests and one response. */
export type ClientStreamingCall<Request, Response> = ServerReadableStream<Request, Response>;

/** A call with a stream of requests and a stream of responses. */
export type BidiStreamingCall<Request, Response> = ServerDuplexStream<Request, Response>;

/** Sends the metadata of the server, one value for each key, ahead of the first response; once a call at most. */
export function sendMetadata(call: ServerCall, metadata: Readonly<Record<string, string>>): void {
  const headers = new Metadata();
  for (const [key, value] of Object.entries(metadata)) headers.set(key, value);
  call.sendMetadata(headers);
}

/**
 * The gRPC call behind a handler: Nest passes it third for `@GrpcMethod` and `@GrpcStreamMethod`, first for
 * `@GrpcStreamCall`. Throws a TypeError where there is none.
 */
export function callOf(context: ArgumentsHost): ServerCall {
  const call = context.getArgs<unknown[]>().find(isCall);
  if (!call) throw new TypeError('this handler does not answer a gRPC call');
  return call;
}

export const isCall = (value: unknown): value is ServerCall =>
  typeof (value as ServerCall | undefined)?.getAuthContext === 'function';

/**
 * Parameter of a handler: its gRPC call. Nest fills in either all parameters of a handler by position or those with a
 * decorator, so that the request beside it needs `@Parse` or Nest's `@Payload()`.
 */
export const Call = createParamDecorator((_data: unknown, context: ArgumentsHost): ServerCall => callOf(context));
