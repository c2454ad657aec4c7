// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { status, type ServerInterceptor } from '@grpc/grpc-js';
import type { ServerHttp2Stream } from 'node:http2';
import { internalsOf, type InterceptedCall } from '../grpc-js/intercepted-call.js';

/** Is notified of each call of an rpc that this server serves, whatever answers it: its handler, a guard, or grpc-js itself. */
export interface CallObserver {
  /**
   * A call of `package.Service/Method` has begun. What is returned is called once, when the stream of the call is
   * closed, with the name of the status that was sent; CANCELLED when the caller went away before there was one.
   */
  began(rpc: string, isUnary: boolean): (answer: string) => void;
}

function answerOf({ sentHeaders, sentTrailers }: ServerHttp2Stream): string {
  const code = sentTrailers?.['grpc-status'] ?? sentHeaders?.['grpc-status'];
  return code === undefined ? 'CANCELLED' : (status[Number(code)] ?? 'UNKNOWN');
}

/**
 * Interceptors of grpc-js are not notified of what grpc-js refuses by itself, such as a message that is too large, so the
 * answer is read off the stream below the call.
 */
export const observing =
  (observer: CallObserver): ServerInterceptor =>
  ({ path, requestStream, responseStream }, call) => {
    const ended = observer.began(path.slice(1), !requestStream && !responseStream);
    const { stream } = internalsOf(call as InterceptedCall);
    stream.once('close', () => ended(answerOf(stream)));
    return call as InterceptedCall;
  };
