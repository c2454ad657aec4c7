import { setTimeout } from 'node:timers/promises';
import type { AdminClient } from '@givc/client';
import { GivcError, type Reason } from '@givc/model';
import type { admin } from '@givc/rpc';
import { onUnresponsive } from './on-unresponsive.js';
import type { AdminDialer } from './admin-dialer.js';
import { RegistryView } from './registry-view.js';

/** What there is now, or that the admin cannot be asked and why. */
export type RegistryState =
  | { readonly state: 'watching'; readonly admin: AdminClient; readonly items: readonly admin.QueryListItem[] }
  | { readonly state: 'away'; readonly error: GivcError };

const [shortestPauseMs, longestPauseMs] = [100, 1_000];

/** What passes when the admin is back; every other reason would be the same the next time. */
const passing: ReadonlySet<Reason> = new Set([
  'UNAVAILABLE',
  'CANCELLED',
  'DEADLINE_EXCEEDED',
  'ABORTED',
  'INTERNAL',
  'RESOURCE_EXHAUSTED',
]);

/**
 * What is registered, first as it is and then after each change. When the admin goes away that is told, after each try
 * again, and the watch begins anew with a backoff of 0.1 to 1 s. Ends when `signal` is aborted; throws what will not pass.
 */
export async function* followRegistry(
  reach: AdminDialer,
  signal: AbortSignal,
): AsyncGenerator<RegistryState, void, undefined> {
  let pauseMs = shortestPauseMs;
  while (!signal.aborted) {
    let wasThere = false;
    try {
      for await (const seen of watchOnce(reach, signal)) {
        wasThere = true;
        pauseMs = shortestPauseMs;
        yield seen;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof GivcError && passing.has(error.reason))) throw reach.explain(error);
      const explained = wasThere
        ? new GivcError(error.reason, `${reach.name} has gone away`, { cause: error })
        : (reach.explain(error) as GivcError);
      yield { state: 'away', error: explained };
    }
    await setTimeout(pauseMs, undefined, { signal }).catch(() => undefined);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

/** One watch over a connection of its own, since an old one may lead nowhere. It ends with an error only. */
async function* watchOnce(
  { connect, name }: AdminDialer,
  signal: AbortSignal,
): AsyncGenerator<RegistryState, void, undefined> {
  const admin = connect();
  const silent = new AbortController();
  const stopListening = onUnresponsive(admin, () =>
    silent.abort(new GivcError('UNAVAILABLE', `${name} does not answer`)),
  );
  const registry = new RegistryView();
  try {
    for await (const { Status } of admin.watchOnce({}, { signal: AbortSignal.any([signal, silent.signal]) })) {
      if (!Status) continue;
      registry.apply(Status);
      yield { state: 'watching', admin, items: registry.items };
    }
    throw new GivcError('UNAVAILABLE', `${name} has ended the watch`);
  } catch (error) {
    throw silent.signal.aborted ? silent.signal.reason : error;
  } finally {
    stopListening();
    admin.close();
  }
}
