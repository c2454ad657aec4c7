import { messageOf } from '@givc/model';
import type { Log } from '@givc/log';

const [firstPauseMs, lastPauseMs] = [500, 30_000];

/**
 * Tries until it succeeds, with a backoff of 0.5 to 30 s; each new reason of a failure is logged once. Resolves with
 * undefined when the signal is aborted first.
 */
export async function untilOpen<T>(open: () => Promise<T>, log: Log, signal: AbortSignal): Promise<T | undefined> {
  let said: string | undefined;
  for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(pauseMs * 2, lastPauseMs)) {
    try {
      return await open();
    } catch (error) {
      const reason = messageOf(error);
      if (reason !== said) log.error('socket proxy', { error: reason });
      said = reason;
    }
    await pause(pauseMs, signal);
  }
  return undefined;
}

/** Ends at once when the signal is aborted. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
