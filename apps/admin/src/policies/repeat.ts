const [firstRetryMs, lastRetryMs] = [1_000, 60_000];

/** The pause after so many failures in a row: 1 s, twice as long each time, at most 60 s. */
export const backoffMs = (failures: number): number => Math.min(firstRetryMs * 2 ** (failures - 1), lastRetryMs);

/** Resolves after that time, or as soon as the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}

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
    const pauseMs = succeeded ? intervalMs : Math.min(backoffMs(failures), intervalMs || Infinity);
    await pause(pauseMs, signal);
  }
}
