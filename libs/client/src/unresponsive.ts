// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, type Reason } from '@givc/model';
import type { admin } from '@givc/rpc';

/** The part of a client that is used to find out whether the admin answers. */
export interface AskedAdmin {
  /** Requests the registry; only success or failure matters. */
  queryList(request: admin.Empty, options: { readonly deadlineMs: number }): Promise<unknown>;
}

/** The interval of the requests, and the timeout of each response. */
const everyMs = 3_000;
const limitMs = 5_000;

const unanswered: ReadonlySet<Reason> = new Set(['UNAVAILABLE', 'CANCELLED', 'DEADLINE_EXCEEDED']);

/**
 * Calls `listener` once the admin has stopped answering. A watch cannot distinguish an idle admin from one that has
 * disappeared, such as a VM that was switched off, so the list is requested at intervals. A rejection is an answer,
 * too, and ends the requests. Returns a function that stops them.
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
