// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { Metrics } from '@givc/metrics';
import type { ResourceUsage } from '@givc/systemd';
import { UnitUsages } from '../resources/unit-usages.js';

/** The usage of each unit of this agent that runs, which is read from systemd at a scrape, and at no other time. */
@Injectable()
export class UnitMetrics {
  constructor(metrics: Metrics, usages: UnitUsages) {
    const perUnit = (value: (usage: ResourceUsage) => number | undefined) => async () =>
      // The four metrics of one scrape share a reading.
      (await usages.read()).flatMap(({ tracked: { unit }, usage }) => {
        const number = usage && value(usage);
        return number === undefined ? [] : [[unit, number] as const];
      });
    metrics.readCounters(
      'givc_unit_cpu_seconds_total',
      'Time of the CPU that a unit has used since it was started.',
      'unit',
      perUnit(({ cpuNsec }) => Number(cpuNsec) / 1e9),
    );
    metrics.gauges(
      'givc_unit_memory_bytes',
      'Memory that the processes of a unit hold.',
      'unit',
      perUnit(({ memoryBytes }) => memoryBytes),
    );
    metrics.gauges(
      'givc_unit_tasks',
      'Processes and threads of a unit.',
      'unit',
      perUnit(({ tasks }) => tasks),
    );
    metrics.readCounters(
      'givc_unit_restarts_total',
      'Automatic restarts of a unit by systemd since it was started.',
      'unit',
      perUnit(({ restarts }) => restarts),
    );
  }
}
