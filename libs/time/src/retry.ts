// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Backoff, type BackoffLimits } from './backoff.js';
import { pause } from './pause.js';

export interface RetryOptions {
  /** The pauses; a `Backoff` continues from the failures that it has already counted. */
  readonly backoff: BackoffLimits | Backoff;
  /** Aborting it ends a pause at once; a running attempt is awaited. */
  readonly signal?: AbortSignal;
  /** Called after each failure. An error that it throws ends the attempts, so that it can mark an error as final. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Repeats an attempt until it succeeds, with a pause after each failure. Resolves with the result of the attempt, even
 * if the signal was aborted during it; with undefined when the signal is aborted before a success. Rejects only with an
 * error that `onFailure` throws.
 */
export async function retry<T>(
  attempt: () => Promise<T>,
  { backoff, signal, onFailure }: RetryOptions,
): Promise<T | undefined> {
  const pauses = backoff instanceof Backoff ? backoff : new Backoff(backoff);
  while (!signal?.aborted) {
    try {
      return await attempt();
    } catch (error) {
      onFailure(error);
    }
    await pause(pauses.next(), signal);
  }
  return undefined;
}
