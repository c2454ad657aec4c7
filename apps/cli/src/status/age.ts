// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];

/** The time since an event, rounded: `1.2 s ago`, `45 s ago`, `3 min ago`. */
export function ago(ms: number): string {
  if (ms < 9.95 * second) return `${(ms / second).toFixed(1)} s ago`;
  if (ms < 2 * minute) return `${Math.round(ms / second)} s ago`;
  if (ms < 2 * hour) return `${Math.floor(ms / minute)} min ago`;
  if (ms < 2 * day) return `${Math.floor(ms / hour)} h ago`;
  return `${Math.floor(ms / day)} days ago`;
}
