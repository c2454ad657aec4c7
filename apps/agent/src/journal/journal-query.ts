// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid, parseUnitName, type UnitName } from '@givc/model';
import type { journal } from '@givc/rpc';

/** The maximum number of entries that are read back. */
export const maxLines = 10_000;
const followedLines = 10;
const maxUnits = 64;
const maxPriority = 7;

/** The entries of a journal to read. */
export interface JournalQuery {
  readonly units: readonly UnitName[];
  /** The number of the newest entries; with `follow` it may be 0. */
  readonly lines: number;
  /** Whether new entries follow. */
  readonly follow: boolean;
  /** The least important priority, from 0 to 7; all without it. */
  readonly priority: number | undefined;
  /** In milliseconds since 1970; older entries are left out. */
  readonly sinceMs: number | undefined;
}

function parseUnits(units: readonly string[]): UnitName[] {
  if (units.length === 0) throw invalid('units', 'a unit name is missing');
  if (units.length > maxUnits) throw invalid('units', `too many units: expected at most ${maxUnits}`);
  return [...new Set(units.map((unit) => parseUnitName('units', unit)))];
}

/** Throws INVALID_ARGUMENT that names the invalid field. */
export function parseReadJournalRequest({
  units,
  lines,
  follow,
  priority,
  since,
}: journal.ReadJournalRequest): JournalQuery {
  const fewest = follow ? 0 : 1;
  if (lines !== undefined && (lines < fewest || lines > maxLines))
    throw invalid('lines', `invalid number of lines ${lines}: expected ${fewest}-${maxLines}`);
  if (priority !== undefined && priority > maxPriority)
    throw invalid('priority', `invalid priority ${priority}: expected 0-${maxPriority}`);
  return {
    units: parseUnits(units),
    lines: lines ?? (follow && !since ? followedLines : maxLines),
    follow,
    priority,
    sinceMs: since && (since.$case === 'since_ms' ? since.value : Date.now() - since.value),
  };
}
