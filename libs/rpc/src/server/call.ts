// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { PeerCertificate } from 'node:tls';
import { createParamDecorator, type ArgumentsHost } from '@nestjs/common';
import { Metadata, type MetadataValue } from '../wire/metadata.js';

/** The certificate of a caller; empty without TLS. */
export interface AuthContext {
  readonly sslPeerCertificate?: PeerCertificate | undefined;
}

/** The metadata that precedes the messages of a caller. */
export interface ReceivedMetadata {
  /** The values of a key, in order. */
  get(key: string): readonly MetadataValue[];
}

/**
 * A gRPC call of any kind, as its handler sees it. Emits `cancelled` once if the call ends before its handler responds:
 * the caller cancelled, the deadline passed, or the server rejected or ended it.
 */
export interface ServerCall extends EventEmitter {
  /** Whether `cancelled` was emitted. */
  readonly cancelled: boolean;
  readonly metadata: ReceivedMetadata;
  /** The same object for all calls of a connection, also after it has ended. */
  getAuthContext(): AuthContext;
  /** Milliseconds since 1970; Infinity without a deadline. */
  getDeadline(): number;
  /** `/package.Service/Method`. */
  getPath(): string;
  /** `ADDRESS:PORT` of the caller, also after the connection has ended; `unknown` if the transport has no addresses. */
  getPeer(): string;
  /** Sends metadata ahead of the first response; nothing once that has begun. */
  sendMetadata(metadata: Metadata): void;
}

/** The requests of a caller that streams. Each is read on request, so that the caller waits for a slow reader. */
type Requests<Request> = Omit<Readable, typeof Symbol.asyncIterator> & AsyncIterable<Request>;

/** The responses to a caller. Unread ones are buffered, as in any stream of Node. */
type Responses<Response> = Omit<Writable, 'write' | 'end'> & {
  /** `onSent` is called once the response has left this process. */
  write(response: Response, onSent?: (error?: Error | null) => void): boolean;
  /** Ends the call with OK. */
  end(): void;
};

/** A call with one request and a stream of responses. */
export type ServerStreamingCall<Response> = ServerCall & Responses<Response>;

/** A call with a stream of requests and one response. */
export type ClientStreamingCall<Request> = ServerCall & Requests<Request>;

/** A call with a stream of requests and a stream of responses. */
export type BidiStreamingCall<Request, Response> = ServerCall &
  Requests<Request> &
  Responses<Response> & {
    /** As `CallTransport.onPing`. */
    onPing(listener: () => void): void;
  };

/** Sends the metadata of the server, one value for each key, ahead of the first response; once a call at most. */
export function sendMetadata(call: ServerCall, values: Readonly<Record<string, string>>): void {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(values)) metadata.set(key, value);
  call.sendMetadata(metadata);
}

/**
 * The gRPC call of a handler, which is its second argument for `@GrpcMethod` and `@GrpcStreamMethod`, and its first for
 * `@GrpcStreamCall`. Throws a TypeError if there is none.
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
