// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { setTimeout } from 'node:timers/promises';

/**
 * How long an event in the lab is awaited before it counts as missing, in milliseconds. It is far above the needs of a
 * busy machine: time limits are measured by `npm run bench`, and no test asserts them.
 */
export const waitLimitMs = 120_000;

/** A test waits for several events, and the missing one should fail with its own error. */
export const testLimitMs = 5 * waitLimitMs;

/** The promise, which rejects when it has not settled within the limit. */
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
