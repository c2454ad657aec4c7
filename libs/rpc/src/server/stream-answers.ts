// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Observable } from 'rxjs';
import type { ServerStreamingCall } from './call.js';

/** Resolves once the response has left this process, or the call has ended. */
function sent<Response>(call: ServerStreamingCall<Response>, response: Response, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted || call.writableEnded) return resolve();
    const settle = () => {
      signal.removeEventListener('abort', settle);
      resolve();
    };
    signal.addEventListener('abort', settle, { once: true });
    call.write(response, settle);
  });
}

/**
 * Writes the responses to the call, and takes the next one when the previous one has left this process, so that the
 * source waits for a caller that does not read. When the call ends early, the signal is aborted, and the iteration is
 * left. The Observable itself emits nothing.
 */
export function streamAnswers<Response>(
  call: ServerStreamingCall<Response>,
  answers: (signal: AbortSignal) => AsyncIterable<Response>,
): Observable<never> {
  return new Observable((subscriber) => {
    const leaving = new AbortController();
    const { signal } = leaving;
    const send = async (): Promise<void> => {
      for await (const answer of answers(signal)) {
        await sent(call, answer, signal);
        if (signal.aborted) return;
      }
    };
    send().then(
      () => subscriber.complete(),
      (error: unknown) => subscriber.error(error),
    );
    return () => leaving.abort();
  });
}
