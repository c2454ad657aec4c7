// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { status, type Metadata, type UntypedHandleCall } from '@grpc/grpc-js';
import {
  ServerDuplexStreamImpl,
  ServerUnaryCallImpl,
  ServerWritableStreamImpl,
  serverErrorToStatus,
} from '@grpc/grpc-js/build/src/server-call.js';
import type { ServerCall } from './server-call.js';

/** The objects that grpc-js hands to handlers; two of them are streams. */
type Surface = NodeJS.EventEmitter & { cancelled: boolean; push?(message: unknown): boolean; destroy?(): void };
type Handler = (call: unknown, respond?: (error: unknown, answer?: unknown, trailer?: Metadata) => void) => void;

const begin = (handler: Handler, call: ServerCall, surface: Surface): void => {
  const respond = (error: unknown, answer?: unknown, trailer?: Metadata): void => {
    if (error) call.sendStatus(serverErrorToStatus(error, trailer));
    else call.sendMessage(answer, () => call.sendStatus({ code: status.OK, details: 'OK', metadata: trailer ?? null }));
  };
  if (call.method.responseStream) handler(surface);
  else handler(surface, respond);
};

const cancel = (surface: Surface | undefined): void => {
  if (!surface) return;
  surface.cancelled = true;
  surface.emit('cancelled', 'cancelled');
  surface.destroy?.();
};

/**
 * Lets a handler answer a call with the call objects of grpc-js (1.14.7), in the order in which its server uses them.
 * The classes of these objects are private to grpc-js: the whole simulation fails when they change.
 */
export function handle(call: ServerCall, untyped: UntypedHandleCall): void {
  const handler = untyped as Handler;
  let surface: Surface | undefined;
  let metadata: Metadata;
  let request: unknown;
  const { path, requestStream, responseStream } = call.method;
  const surfaceOfRequest = (): Surface =>
    responseStream
      ? new ServerWritableStreamImpl(path, call, metadata, request)
      : new ServerUnaryCallImpl(path, call, metadata, request);
  call.start({
    onReceiveMetadata: (received) => {
      metadata = received;
      if (!requestStream) return call.startRead();
      surface = new ServerDuplexStreamImpl(path, call, metadata);
      begin(handler, call, surface);
    },
    onReceiveMessage: (message) => {
      if (requestStream) return void surface!.push!(message);
      request = message;
      call.startRead();
    },
    onReceiveHalfClose: () => {
      if (requestStream) return void surface!.push!(null);
      surface = surfaceOfRequest();
      begin(handler, call, surface);
    },
    onCancel: () => cancel(surface),
  });
}
