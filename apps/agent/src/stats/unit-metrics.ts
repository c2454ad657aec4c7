// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { isAlive, type UnitName } from '@givc/model';
import { Metrics } from '@givc/metrics';
import { Systemd, type ResourceUsage } from '@givc/systemd';
import { TrackedUnits } from '../registration/tracked-units.js';

/** The number of units whose usage is read at a scrape; further ones are left out. */
export const unitsMax = 200;

type Usages = readonly (readonly [UnitName, ResourceUsage])[];

/** The usage of each unit of this agent that runs, which is read from systemd at a scrape, and at no other time. */
@Injectable()
export class UnitMetrics {
  #reading: Promise<Usages> | undefined;

  constructor(
    metrics: Metrics,
    private readonly units: TrackedUnits,
    private readonly systemd: Systemd,
  ) {
    const perUnit = (value: (usage: ResourceUsage) => number | undefined) => async () =>
      (await this.#read()).flatMap(([unit, usage]) => {
        const number = value(usage);
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

  /** The four metrics of one scrape share a reading. */
  #read(): Promise<Usages> {
    this.#reading ??= this.#usages().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #usages(): Promise<Usages> {
    const running = [...this.units.all()].filter(({ status }) => isAlive(status)).slice(0, unitsMax);
    const usages: (readonly [UnitName, ResourceUsage])[] = [];
    for (const { unit } of running)
      try {
        usages.push([unit, await this.systemd.resourceUsage(unit)]);
      } catch {
        // It has ended in the meantime, or systemd is away.
      }
    return usages;
  }
}
