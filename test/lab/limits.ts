// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { setTimeout } from 'node:timers/promises';

/**
 * How long anything in the lab is awaited before it counts as not happening, in milliseconds. It is far above what a
 * busy machine needs: what a thing may take is measured by `npm run bench`, and no test asserts it.
 */
export const waitLimitMs = 120_000;

/** A test waits for several things; the one that does not happen is to be named by its own error. */
export const testLimitMs = 5 * waitLimitMs;

/** As the promise; rejects when that has not settled within the limit. */
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
