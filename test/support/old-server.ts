// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { BinaryWriter } from '@bufbuild/protobuf/wire';
import {
  Metadata,
  status,
  type handleClientStreamingCall,
  type handleUnaryCall,
  type MethodDefinition,
} from '@grpc/grpc-js';
import { messageOf } from '@givc/model';

/** An error with which a peer of another implementation answers. */
export class StatusError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly metadata = new Metadata(),
  ) {
    super(message);
  }
}

/**
 * The answer of the original admin to each failure; the cause is in a `google.rpc.DebugInfo`, in a `google.rpc.Status`.
 */
export function invalidArguments(detail: string): StatusError {
  const message = 'request contains invalid arguments';
  const info = new BinaryWriter().uint32(0x0a).string('a stack').uint32(0x12).string(detail).finish();
  const any = new BinaryWriter()
    .uint32(0x0a)
    .string('type.googleapis.com/google.rpc.DebugInfo')
    .uint32(0x12)
    .bytes(info)
    .finish();
  const whole = new BinaryWriter()
    .uint32(0x08)
    .int32(status.INVALID_ARGUMENT)
    .uint32(0x12)
    .string(message)
    .uint32(0x1a)
    .bytes(any)
    .finish();
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from(whole));
  return new StatusError(status.INVALID_ARGUMENT, message, metadata);
}

type OnCall = (rpc: string, request: Record<string, unknown>) => void;

const statusOf = (error: unknown) =>
  error instanceof StatusError
    ? { code: error.code, details: error.message, metadata: error.metadata }
    : { code: 13, details: messageOf(error) };

/** Handlers of unary rpcs, which run once `ready()` resolves; `onCall` is called for each successful call. */
export const unaryHandler =
  (onCall: OnCall, ready: () => Promise<void> = () => Promise.resolve()) =>
  <Request, Response>(
    { path }: MethodDefinition<Request, Response>,
    handle: (request: Request) => Promise<Response>,
  ): handleUnaryCall<Request, Response> =>
  ({ request }, callback) => {
    void ready()
      .then(() => handle(request))
      .then(
        (response) => {
          onCall(path, request as Record<string, unknown>);
          callback(null, response);
        },
        (error: unknown) => callback(statusOf(error)),
      );
  };

/** Handlers of rpcs with a stream of requests. */
export const streamHandler =
  (onCall: OnCall, ready: () => Promise<void> = () => Promise.resolve()) =>
  <Request, Response>(
    { path }: MethodDefinition<Request, Response>,
    handle: (messages: AsyncIterable<Request>) => Promise<Response>,
  ): handleClientStreamingCall<Request, Response> =>
  (call, callback) => {
    void ready()
      .then(() => handle(call as unknown as AsyncIterable<Request>))
      .then(
        (response) => {
          onCall(path, {});
          callback(null, response);
        },
        (error: unknown) => callback(statusOf(error)),
      );
  };
