// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Ending } from './systemd.js';

export const sigterm = 15;

/** The ending of a program that fails before its unit is active. */
export const failed: Ending = { result: 'exit-code', exitStatus: 1, stopRequested: false };

/** The ending by a stop job. */
export const stopped = (result: string, status: number): Ending => ({
  result,
  exitStatus: status,
  stopRequested: true,
});

/** Whether a job with this result ends before the program of the unit begins, or because of a stop. */
export const leavesInactive = (result: string): boolean =>
  ['canceled', 'dependency', 'assert', 'skipped'].includes(result);
