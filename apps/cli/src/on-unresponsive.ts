import type { AdminClient } from '@givc/client';
import { GivcError, type Reason } from '@givc/model';
import { timeoutSignal } from '@givc/time';

const [everyMs, limitMs] = [3_000, 5_000];

const unanswered: ReadonlySet<Reason> = new Set(['UNAVAILABLE', 'CANCELLED', 'DEADLINE_EXCEEDED']);

/**
 * Calls `onSilence` once the admin does not answer any more: a connection whose other end has vanished, like a VM that
 * was switched off, looks to a watch as if nothing happened. A refusal is an answer, and the admin is not asked again.
 * Returns how to stop.
 */
export function onUnresponsive(admin: AdminClient, tell: () => void): () => void {
  const timer = setInterval(() => {
    admin.queryList({}, { signal: timeoutSignal(limitMs) }).catch((error: unknown) => {
      clearInterval(timer);
      if (error instanceof GivcError && unanswered.has(error.reason)) tell();
    });
  }, everyMs);
  return () => clearInterval(timer);
}
