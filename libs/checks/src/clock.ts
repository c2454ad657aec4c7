// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { check, type CheckResult } from './check-result.js';

/** The clock of a machine that runs a daemon. */
export class MachineClock {
  /** In milliseconds since 1970. */
  now(): number {
    return Date.now();
  }
}

/** More than this shows in logs; beyond the second, certificates are found invalid. */
const [warningMs, failureMs] = [1_000, 60_000];

const inSeconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/**
 * The clock of a peer against this one: it has read its own between `sentMs` and `receivedMs` of ours, so that only
 * what lies outside of them is a difference.
 */
export function checkClock(subject: string, sentMs: number, theirsMs: number, receivedMs: number): CheckResult {
  const { ok, warning, failure } = check('clock', subject);
  const ahead = theirsMs > receivedMs;
  const off = Math.max(0, ahead ? theirsMs - receivedMs : sentMs - theirsMs);
  if (off <= warningMs) return ok('has the same time');
  const text = `is ${inSeconds(off)} ${ahead ? 'ahead' : 'behind'}`;
  const fix = 'synchronise the clocks (timedatectl set-ntp true, or the clock of the host)';
  return off > failureMs ? failure(text, fix) : warning(text, fix);
}
