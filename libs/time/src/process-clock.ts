// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** What distinguishes a process that was frozen from one that was busy. */
export interface ProcessClock {
  /** Monotonic milliseconds; they go on while the process is frozen. */
  now(): number;
  /** How many milliseconds of CPU time the process has used. */
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
