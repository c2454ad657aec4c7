// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { messageOf } from '@givc/model';
import type { Log } from '@givc/log';
import { backoffMs, pause } from '@givc/time';

const backoff = { firstMs: 500, lastMs: 30_000 };

/**
 * Retries until it succeeds, with a backoff of 0.5 to 30 s; each new reason of a failure is logged once. Resolves with
 * undefined when the signal is aborted first. The log calls it `what`.
 */
export async function retryUntilOpen<T>(
  what: string,
  open: () => Promise<T>,
  log: Log,
  signal: AbortSignal,
): Promise<T | undefined> {
  let loggedReason: string | undefined;
  for (let failures = 1; !signal.aborted; failures++) {
    try {
      return await open();
    } catch (error) {
      const reason = messageOf(error);
      if (reason !== loggedReason) log.error(what, { error: reason });
      loggedReason = reason;
    }
    await pause(backoffMs(failures, backoff), signal);
  }
  return undefined;
}
