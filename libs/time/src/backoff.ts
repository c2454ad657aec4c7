// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The pauses between attempts, in milliseconds. */
export interface Backoff {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** The pause after so many failures in a row, 1 or more: the first one, twice as long each time, at most the last one. */
export const backoffMs = (failures: number, { firstMs, lastMs }: Backoff): number =>
  Math.min(firstMs * 2 ** (failures - 1), lastMs);

/** Resolves after that time, or as soon as the signal aborts, and leaves nothing behind. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
