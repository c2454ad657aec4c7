// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Backoff, type BackoffLimits } from './backoff.js';
import { pause } from './pause.js';

export interface RetryOptions {
  /** A `Backoff` of the caller goes on from the failures that it has counted. */
  readonly backoff: BackoffLimits | Backoff;
  /** Aborting it ends a pause at once; an attempt that is being made is awaited. */
  readonly signal?: AbortSignal;
  /** Called after each failure. What it throws ends the attempts: that is how an error is said to be final. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Attempts until one succeeds, never two at once, with a pause after each failure. Resolves with what the attempt
 * resolves with, also when the signal was aborted meanwhile; with undefined once the signal is aborted before that.
 * Rejects only with what `onFailure` throws.
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
