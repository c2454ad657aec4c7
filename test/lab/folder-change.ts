// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { watch } from 'node:fs';
import { waitLimitMs } from './limits.js';

/**
 * Resolves with the first truthy result, now or after a change in the folder (inotify(7)); rejects with the signal's
 * reason when that is aborted, by default after 120 s.
 */
export async function changeIn<T>(
  folder: string,
  answer: () => T | undefined | false,
  signal = AbortSignal.timeout(waitLimitMs),
): Promise<T> {
  let wake = (): void => undefined;
  const watcher = watch(folder, () => wake());
  signal.addEventListener('abort', () => wake(), { once: true });
  try {
    for (;;) {
      const found = answer();
      if (found) return found;
      signal.throwIfAborted();
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    watcher.close();
  }
}
