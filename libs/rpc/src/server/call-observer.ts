// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { status, type ServerInterceptor } from '@grpc/grpc-js';
import type { ServerHttp2Stream } from 'node:http2';
import { internalsOf, type InterceptedCall } from '../grpc-js/intercepted-call.js';

/** Is notified of each call of an rpc of this server, whether its handler, a guard, or grpc-js itself answers it. */
export interface CallObserver {
  /**
   * A call of `package.Service/Method` has begun. The returned function is called once, when the stream of the call is
   * closed, with the name of the status that was sent; CANCELLED when the caller hung up before that.
   */
  began(rpc: string, isUnary: boolean): (answer: string) => void;
}

function answerOf({ sentHeaders, sentTrailers }: ServerHttp2Stream): string {
  const code = sentTrailers?.['grpc-status'] ?? sentHeaders?.['grpc-status'];
  return code === undefined ? 'CANCELLED' : (status[Number(code)] ?? 'UNKNOWN');
}

/**
 * Interceptors of grpc-js are not notified of calls that grpc-js refuses by itself, for example for a message that is
 * too large, so the status is read from the stream below the call.
 */
export const observing =
  (observer: CallObserver): ServerInterceptor =>
  ({ path, requestStream, responseStream }, call) => {
    const ended = observer.began(path.slice(1), !requestStream && !responseStream);
    const { stream } = internalsOf(call as InterceptedCall);
    stream.once('close', () => ended(answerOf(stream)));
    return call as InterceptedCall;
  };
