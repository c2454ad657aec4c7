// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Backoff, pause, type BackoffLimits } from '@givc/time';

/** The backoff of a source or a delivery that has failed. */
export const retries: BackoffLimits = { firstMs: 1_000, lastMs: 60_000 };

/**
 * Runs a task again `intervalMs` after its end; after a failure it is repeated sooner, with a backoff. With an interval
 * of 0 the task runs until it succeeds once. Resolves then, or when the signal aborts; never rejects.
 */
export async function repeat(
  task: (signal: AbortSignal) => Promise<boolean>,
  intervalMs: number,
  signal: AbortSignal,
): Promise<void> {
  const backoff = new Backoff(retries);
  while (!signal.aborted) {
    const succeeded = await task(signal);
    if (succeeded && intervalMs === 0) return;
    if (succeeded) backoff.reset();
    await pause(succeeded ? intervalMs : Math.min(backoff.next(), intervalMs || Infinity), signal);
  }
}
