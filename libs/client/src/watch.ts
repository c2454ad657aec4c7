// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, type Reason } from '@givc/model';
import type { admin } from '@givc/rpc';
import { Backoff, pause, Timeout } from '@givc/time';
import { deadlines } from './deadlines.js';
import { onUnresponsive, type AskedAdmin } from './unresponsive.js';

/**
 * An event of a watch of the registry.
 *
 * - `list`: all registry entries as they are now. The first event after each connection, so that a list after
 *   `disconnected` replaces what was known before. Its order is the admin's.
 * - `added`, `updated`, `removed`: one entry has changed since the event before; each change once, in the admin's
 *   order. The item of `removed` is the entry as it was last.
 * - `disconnected`: the admin cannot be reached, or has ended the watch, for the reason that the error gives. What was
 *   known may be out of date until the next `list`. Repeated after each attempt that fails.
 */
export type WatchEvent =
  | { readonly type: 'list'; readonly items: readonly admin.QueryListItem[] }
  | { readonly type: 'added' | 'updated' | 'removed'; readonly item: admin.QueryListItem }
  | { readonly type: 'disconnected'; readonly error: GivcError };

/** The options of a watch. */
export interface WatchOptions {
  /** Aborting it ends the iteration at once, without an error and without a further event. */
  readonly signal?: AbortSignal;
}

/** The part of a client that a watch needs. */
export interface WatchedAdmin extends AskedAdmin {
  /** One call of Watch, as by `AdminClient.watchOnce`; aborting the signal ends the call. */
  watchOnce(request: admin.Empty, options: { readonly signal: AbortSignal }): AsyncIterable<admin.WatchItem>;
  /** Ends the connection. */
  close(): void;
}

/** The backoff before the watch begins again. */
const pauses = { firstMs: 100, lastMs: 1_000 };

/** Failures after which a retry may succeed; all others are permanent. */
const transient: ReadonlySet<Reason> = new Set([
  'UNAVAILABLE',
  'CANCELLED',
  'DEADLINE_EXCEEDED',
  'ABORTED',
  'INTERNAL',
  'RESOURCE_EXHAUSTED',
]);

const changeTypes = { Added: 'added', Updated: 'updated', Removed: 'removed' } as const;

/** The event of a message; undefined for a kind of a newer admin. */
function eventOf({ Status }: admin.WatchItem): WatchEvent | undefined {
  if (!Status) return undefined;
  if (Status.$case === 'Initial') return { type: 'list', items: Status.value.List };
  return { type: changeTypes[Status.$case], item: Status.value };
}

/**
 * Like `AdminClient.watch`, with a new client from `connect` for each connection, which this function closes. A program
 * that runs longer than its certificate is valid can read its files again in `connect`. Nothing is buffered here: flow
 * control makes the admin wait for the reader. Throws a `GivcError` that a retry would not change, such as
 * PERMISSION_DENIED.
 */
export async function* watchRegistry(
  connect: () => WatchedAdmin,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent, void, undefined> {
  const backoff = new Backoff(pauses);
  while (!signal.aborted) {
    try {
      for await (const event of watchConnection(connect, signal)) {
        if (signal.aborted) return;
        backoff.reset();
        yield event;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof GivcError && transient.has(error.reason))) throw error;
      yield { type: 'disconnected', error };
    }
    await pause(backoff.next(), signal);
  }
}

/** The events of one connection, which always ends with an error. */
async function* watchConnection(
  connect: () => WatchedAdmin,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent, void, undefined> {
  const client = connect();
  const ending = new AbortController();
  const end = () => ending.abort();
  let failure: GivcError | undefined;
  const fail = (reason: Reason, message: string) => {
    failure ??= new GivcError(reason, message);
    end();
  };
  signal.addEventListener('abort', end, { once: true });
  const stopAsking = onUnresponsive(client, () => fail('UNAVAILABLE', 'the admin does not answer'));
  const listTimeout = new Timeout(deadlines.answer, () => fail('DEADLINE_EXCEEDED', 'the admin has not sent its list'));
  let isListed = false;
  try {
    for await (const message of client.watchOnce({}, { signal: ending.signal })) {
      const event = eventOf(message);
      if (!event) continue;
      isListed ||= event.type === 'list';
      if (!isListed) throw new GivcError('INTERNAL', 'the admin has sent a change before its list');
      listTimeout.cancel();
      yield event;
    }
    throw new GivcError('UNAVAILABLE', 'the admin has ended the watch');
  } catch (error) {
    throw failure ?? error;
  } finally {
    listTimeout.cancel();
    stopAsking();
    signal.removeEventListener('abort', end);
    client.close();
  }
}
