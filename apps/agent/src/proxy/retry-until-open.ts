// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { messageOf } from '@givc/model';
import { LogOnce, type Log } from '@givc/log';
import { retry } from '@givc/time';

const backoff = { firstMs: 500, lastMs: 30_000 };

/**
 * Retries until it succeeds, with a backoff of 0.5 to 30 s; each new reason of a failure is logged once. Resolves with
 * undefined when the signal is aborted first. The log calls it `what`.
 */
export function retryUntilOpen<T>(
  what: string,
  open: () => Promise<T>,
  log: Log,
  signal: AbortSignal,
): Promise<T | undefined> {
  const problems = new LogOnce();
  const onFailure = (error: unknown) => {
    const reason = messageOf(error);
    if (problems.isNew('open', reason)) log.error(what, { error: reason });
  };
  return retry(open, { backoff, signal, onFailure });
}
