// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, type Reason } from '@givc/model';
import type { admin } from '@givc/rpc';

/** The part of a client by which it is found out whether the admin answers. */
export interface AskedAdmin {
  /** As `AdminClient.queryList`. */
  queryList(request: admin.Empty, options: { readonly deadlineMs: number }): Promise<unknown>;
}

/** How often the admin is asked, and how long its response may take. */
const [everyMs, limitMs] = [3_000, 5_000];

const unanswered: ReadonlySet<Reason> = new Set(['UNAVAILABLE', 'CANCELLED', 'DEADLINE_EXCEEDED']);

/**
 * Calls `listener` once the admin has stopped answering. A connection whose other end has vanished, like a VM that was
 * switched off, looks to a watch as if nothing happened, so that the admin is asked for its list now and then. An admin
 * that rejects it has answered, and is not asked again. Returns how to stop.
 */
export function onUnresponsive(client: AskedAdmin, listener: () => void): () => void {
  const timer = setInterval(() => {
    client.queryList({}, { deadlineMs: limitMs }).catch((error: unknown) => {
      clearInterval(timer);
      if (error instanceof GivcError && unanswered.has(error.reason)) listener();
    });
  }, everyMs);
  return () => clearInterval(timer);
}
