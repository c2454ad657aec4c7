// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The clocks that distinguish a frozen process from a busy one. */
export interface ProcessClock {
  /** Monotonic milliseconds; they go on while the process is frozen. */
  now(): number;
  /** The CPU time that the process has used, in milliseconds. */
  cpu(): number;
}

/** The clock of this process. */
export const processClock: ProcessClock = {
  now: () => performance.now(),
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  },
};
