// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GrpcMethodStreamingType, type MessageHandler } from '@nestjs/microservices';
import { isObservable, Observable, type Observer, type Subscription } from 'rxjs';
import { rpcName, type ServerRpc } from './server-rpc.js';
import type { HandledRpc } from './serve-call.js';
import type { StreamingCall } from './streaming-call.js';
import type { UnaryCall } from './unary-call.js';

type AnyCall = UnaryCall | StreamingCall;

/** Passes the result of a handler to `use`; if it fails, ends the call with its status. */
function follow(call: AnyCall, result: Promise<unknown>, use: (result: unknown) => void): void {
  result.then(use, (error: unknown) => call.fail(error));
}

/** Follows the result of a handler until the server closes; then the call ends with the error of that. */
function subscribe(
  call: AnyCall,
  closing: Observable<never>,
  result: Observable<unknown>,
  observer: Partial<Observer<unknown>>,
): Subscription {
  const subscription = result.subscribe(observer);
  const end = (error: unknown): void => {
    subscription.unsubscribe();
    call.fail(error);
  };
  if (!subscription.closed) subscription.add(closing.subscribe({ error: end }));
  return subscription;
}

/** The first value is the response. The handler continues when the caller cancels. */
function answerWith(call: AnyCall, closing: Observable<never>, result: unknown): void {
  if (!isObservable(result)) return call.answer(result);
  let hasAnswered = false;
  subscribe(call, closing, result, {
    next: (value) => {
      if (hasAnswered) return;
      hasAnswered = true;
      call.answer(value);
    },
    error: (error: unknown) => call.fail(error),
    complete: () => {
      if (!hasAnswered) call.fail(new Error('the handler has no response'));
    },
  });
}

/** Each value is a response, until the caller cancels. */
function streamTo(call: StreamingCall, closing: Observable<never>, result: unknown): void {
  if (call.cancelled) return;
  if (!isObservable(result)) return void call.end(result);
  const subscription = subscribe(call, closing, result, {
    next: (value) => call.write(value),
    error: (error: unknown) => call.fail(error),
    complete: () => call.end(),
  });
  call.once('cancelled', () => subscription.unsubscribe());
}

/** An Observable of the requests; it completes when the caller cancels. */
const requestsOf = (call: StreamingCall): Observable<unknown> =>
  new Observable((subscriber) => {
    call.on('data', (request: unknown) => subscriber.next(request));
    call.once('end', () => subscriber.complete());
    call.once('cancelled', () => subscriber.complete());
  });

/**
 * The handler reads from the call. If the rpc has a single response, that is the handler's result; otherwise the
 * handler writes to the call.
 */
function handleRaw(
  handler: MessageHandler,
  call: StreamingCall,
  closing: Observable<never>,
  { responseStream }: ServerRpc,
): void {
  follow(call, handler(call) as Promise<unknown>, (result) => {
    if (!responseStream) return answerWith(call, closing, result);
    if (isObservable(result)) subscribe(call, closing, result, { error: (error: unknown) => call.fail(error) });
  });
}

function handled(
  rpc: ServerRpc,
  closing: Observable<never>,
  find: (type: GrpcMethodStreamingType) => MessageHandler | undefined,
) {
  const { requestStream, responseStream } = rpc;
  const use = (call: AnyCall) => (result: unknown) =>
    responseStream ? streamTo(call as StreamingCall, closing, result) : answerWith(call, closing, result);
  const single = find(GrpcMethodStreamingType.NO_STREAMING);
  if (!requestStream)
    return single && ((call: AnyCall, request: unknown) => follow(call, single(request, call), use(call)));
  const streaming = find(GrpcMethodStreamingType.RX_STREAMING);
  if (streaming) return (call: AnyCall) => follow(call, streaming(requestsOf(call as StreamingCall), call), use(call));
  const raw = find(GrpcMethodStreamingType.PT_STREAMING);
  return raw && ((call: AnyCall) => handleRaw(raw, call as StreamingCall, closing, rpc));
}

/**
 * The rpcs of a service that have a handler in Nest: of `@GrpcMethod`, `@GrpcStreamMethod` or `@GrpcStreamCall`, under
 * the name of the service with its package or without. A handler gets the request or the requests, and the call as its
 * context; that of a `@GrpcStreamCall` gets the call alone. Open calls end with the error of `closing`.
 */
export function handledRpcs(
  rpcs: readonly ServerRpc[],
  handlers: ReadonlyMap<string, MessageHandler>,
  closing: Observable<never>,
): HandledRpc[] {
  return rpcs.flatMap((rpc) => {
    const service = rpc.path.slice(1, rpc.path.lastIndexOf('/'));
    const names = [service.slice(service.lastIndexOf('.') + 1), service];
    const handle = handled(rpc, closing, (streaming) => {
      const patterns = names.map((name) => JSON.stringify({ service: name, rpc: rpcName(rpc), streaming }));
      return patterns.map((pattern) => handlers.get(pattern)).find((found) => found !== undefined);
    });
    return handle ? [{ ...rpc, handle }] : [];
  });
}
