// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GrpcMethodStreamingType, type MessageHandler } from '@nestjs/microservices';
import { Observable } from 'rxjs';
import type { Handler, HandlerRuns } from './handler-runs.js';
import type { AnyCall } from './handler-run.js';
import { rpcName, type ServerRpc } from './server-rpc.js';
import type { HandledRpc } from './serve-call.js';

/** An Observable of the requests; it completes when the caller cancels. */
const requestsOf = (call: AnyCall): Observable<unknown> =>
  new Observable((subscriber) => {
    call.on('data', (request: unknown) => subscriber.next(request));
    call.once('end', () => subscriber.complete());
    call.once('cancelled', () => subscriber.complete());
  });

type Find = (type: GrpcMethodStreamingType) => MessageHandler | undefined;

/** Its Promise is that of Nest, which resolves with the result of the handler. */
const promise = (result: ReturnType<MessageHandler>) => result as Promise<unknown>;

function handlerOf({ requestStream, responseStream }: ServerRpc, find: Find): Handler | undefined {
  const isLeft = responseStream;
  const use: Handler['use'] = responseStream
    ? (run, result) => run.stream(result)
    : (run, result) => run.answer(result);
  const single = find(GrpcMethodStreamingType.NO_STREAMING);
  if (!requestStream) return single && { call: (call, request) => promise(single(request, call)), use, isLeft };
  const streaming = find(GrpcMethodStreamingType.RX_STREAMING);
  if (streaming) return { call: (call) => promise(streaming(requestsOf(call), call)), use, isLeft };
  // It reads from the call. If there are several responses, it writes them to the call, and ends it.
  const raw = find(GrpcMethodStreamingType.PT_STREAMING);
  const useRaw: Handler['use'] = responseStream ? (run, result) => run.written(result) : use;
  return raw && { call: (call) => promise(raw(call)), use: useRaw, isLeft: false };
}

/**
 * The rpcs of a service that have a handler in Nest: of `@GrpcMethod`, `@GrpcStreamMethod` or `@GrpcStreamCall`, under
 * the name of the service with its package or without. A handler gets the request or the requests, and the call as its
 * context; that of a `@GrpcStreamCall` gets the call alone. `runs` runs it.
 */
export function handledRpcs(
  rpcs: readonly ServerRpc[],
  handlers: ReadonlyMap<string, MessageHandler>,
  runs: HandlerRuns,
): HandledRpc[] {
  return rpcs.flatMap((rpc) => {
    const service = rpc.path.slice(1, rpc.path.lastIndexOf('/'));
    const names = [service.slice(service.lastIndexOf('.') + 1), service];
    const handler = handlerOf(rpc, (streaming) => {
      const patterns = names.map((name) => JSON.stringify({ service: name, rpc: rpcName(rpc), streaming }));
      return patterns.map((pattern) => handlers.get(pattern)).find((found) => found !== undefined);
    });
    return handler ? [{ ...rpc, handle: (call: AnyCall, request: unknown) => runs.run(handler, call, request) }] : [];
  });
}
