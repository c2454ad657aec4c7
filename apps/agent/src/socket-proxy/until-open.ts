import { setTimeout as pause } from 'node:timers/promises';
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
    await pause(pauseMs, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}
