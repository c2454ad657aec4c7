// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Fields } from '@givc/log';
import type { report } from '@givc/rpc';
import type { UnitEntry } from './registry-entry.js';

/** Whether the application was stopped, ended by itself or crashed, and its exit status if that was reported. */
export function endingFields({ unit, vm }: UnitEntry, ending: report.Ending | undefined): Fields {
  if (!ending) return { unit, vm };
  const crashed = ending.result !== 'success';
  const how = ending.stop_requested ? 'stopped' : crashed ? 'crashed' : 'closed itself';
  return { unit, vm, how, result: ending.result, status: ending.status };
}
