// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { isAlive } from '@givc/model';
import { Systemd, type ResourceUsage } from '@givc/systemd';
import { TrackedUnits, type TrackedUnit } from '../registration/tracked-units.js';

/** The number of units whose usage is read; further ones are left out. */
export const unitsMax = 200;

/** A unit that runs; without `usage` where it could not be read. */
export interface RunningUnit {
  readonly tracked: TrackedUnit;
  readonly usage: ResourceUsage | undefined;
}

/** The usage of the units of this agent that run, which is read from systemd on request, and at no other time. */
@Injectable()
export class UnitUsages {
  #reading: Promise<readonly RunningUnit[]> | undefined;

  constructor(
    private readonly units: TrackedUnits,
    private readonly systemd: Systemd,
  ) {}

  /** One unit is read after the other. Who asks during a reading gets that reading. */
  read(): Promise<readonly RunningUnit[]> {
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #read(): Promise<RunningUnit[]> {
    const running: RunningUnit[] = [];
    for (const tracked of [...this.units.all()].filter(({ status }) => isAlive(status)).slice(0, unitsMax))
      // It may have ended in the meantime, or systemd is away.
      running.push({ tracked, usage: await this.systemd.resourceUsage(tracked.unit).catch(() => undefined) });
    return running;
  }
}
