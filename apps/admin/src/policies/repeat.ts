import { backoffMs, pause, type Backoff } from '@givc/time';

/** Of what has failed and is tried again: a source, a delivery. */
export const retries: Backoff = { firstMs: 1_000, lastMs: 60_000 };

/**
 * Does a round, and the next one `intervalMs` after its end; a round that did not succeed is repeated sooner, after a
 * backoff. With an interval of 0 there is one that succeeds. Resolves then, or once the signal aborts; never rejects.
 */
export async function repeat(
  round: (signal: AbortSignal) => Promise<boolean>,
  intervalMs: number,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const succeeded = await round(signal);
    if (succeeded && intervalMs === 0) return;
    failures = succeeded ? 0 : failures + 1;
    const pauseMs = succeeded ? intervalMs : Math.min(backoffMs(failures, retries), intervalMs || Infinity);
    await pause(pauseMs, signal);
  }
}
