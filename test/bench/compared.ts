// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Measurement } from './measurement.js';

/** Each value of a row as a multiple of the same value in an earlier run: `p50 0.85, p99 1.10`. */
export function compared(now: Measurement | undefined, before: Readonly<Record<string, number>> | undefined): string {
  if (!now || !before) return '';
  return Object.entries(now.values)
    .filter(([name]) => before[name] !== undefined && before[name] !== 0)
    .map(([name, value]) => `${name} ${(value / before[name]!).toFixed(2)}`)
    .join(', ');
}
