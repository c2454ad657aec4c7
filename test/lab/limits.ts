// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { setTimeout } from 'node:timers/promises';

/**
 * The time after which an event in the lab counts as missing, in milliseconds. It is far above the needs of a busy
 * machine: `npm run bench` measures times, and no test asserts them.
 */
export const waitLimitMs = 120_000;

/** A test waits for several events, and a missing one should fail with its own error before the test's limit. */
export const testLimitMs = 5 * waitLimitMs;

/** The promise, which rejects if it has not settled within the limit. */
export async function inTime<T>(what: string, promise: Promise<T>): Promise<T> {
  const limit = new AbortController();
  const late = setTimeout(waitLimitMs, undefined, { signal: limit.signal, ref: false }).then(() => {
    throw new Error(`${what}: not in ${waitLimitMs} ms`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    late.catch(() => undefined);
    limit.abort();
  }
}
