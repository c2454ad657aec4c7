// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { machineNames } from '../../lab/plan.js';
import { confirmed, suspend } from '../../lab/suspend.js';
import { now } from '../clock.js';
import { group, times } from '../measurement.js';

/** Twice the silence after which an agent is lost, which is two and a half heartbeats of 3 s. */
const suspendMs = 15_000;
const repetitions = 6;

export const suspends = group(['suspends', 'suspendConfirmed'], async ({ admin, registry }) => {
  const since = registry.changes.length;
  const measured: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    await suspend(machineNames, suspendMs);
    const thawed = [now(), performance.now()] as const;
    await confirmed(admin, thawed[1]);
    measured.push(now() - thawed[0]);
  }
  const lost = registry.changes.slice(since).filter(({ item }) => item.VmStatus === 'PoweredOff').length;
  return {
    suspends: { text: lost === 0 ? 'none' : String(lost), values: { lost } },
    suspendConfirmed: times(measured),
  };
});
