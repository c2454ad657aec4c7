// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The clocks that distinguish a frozen process from a busy one. */
export interface ProcessClock {
  /** Monotonic milliseconds; they go on while the process is frozen. */
  now(): number;
  /** The CPU time that the process has used, in milliseconds, as of at most `freshMs` ago. */
  cpu(): number;
}

/** Reading the CPU time walks over all threads of the process, and every call and connection has a timeout. */
const freshMs = 5;
let [readAt, usedMs] = [-Infinity, 0];

/** The clock of this process. */
export const processClock: ProcessClock = {
  now: () => performance.now(),
  cpu: () => {
    const now = performance.now();
    if (Math.abs(now - readAt) < freshMs) return usedMs;
    const { user, system } = process.cpuUsage();
    [readAt, usedMs] = [now, (user + system) / 1_000];
    return usedMs;
  },
};
