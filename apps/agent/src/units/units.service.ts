// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import type { UnitName, UnitStatus } from '@givc/model';
import { Systemd } from '@givc/systemd';
import { UnitAllowlist } from '../config/unit-allowlist.js';
import { RegistrationService } from '../registration/registration.service.js';
import { startUnit } from './start-unit.js';
import { TransientUnits } from './transient-units.js';

/**
 * Controls the units of this machine that the configuration allows; all others are rejected with PERMISSION_DENIED. The
 * admin has acknowledged the new state of the unit before the caller is answered, even when the job has failed. An
 * aborted `signal` ends the wait, not the job of systemd.
 */
@Injectable()
export class UnitsService {
  constructor(
    private readonly allowlist: UnitAllowlist,
    private readonly systemd: Systemd,
    private readonly registration: RegistrationService,
    private readonly transient: TransientUnits,
  ) {}

  start(unit: UnitName, signal?: AbortSignal): Promise<UnitStatus> {
    return this.#act(unit, this.transient.startOf(unit) ?? (() => startUnit(this.systemd, unit, signal)));
  }

  stop(unit: UnitName, signal?: AbortSignal): Promise<UnitStatus> {
    return this.#act(unit, () => this.systemd.stopUnit(unit, signal));
  }

  kill(unit: UnitName, signal?: AbortSignal): Promise<UnitStatus> {
    return this.#act(unit, () => this.systemd.killUnit(unit, signal));
  }

  freeze(unit: UnitName): Promise<UnitStatus> {
    return this.#act(unit, () => this.systemd.freezeUnit(unit));
  }

  thaw(unit: UnitName): Promise<UnitStatus> {
    return this.#act(unit, () => this.systemd.thawUnit(unit));
  }

  async status(unit: UnitName): Promise<UnitStatus> {
    this.allowlist.assertHas(unit);
    return this.systemd.unitStatus(unit);
  }

  async #act(unit: UnitName, act: () => Promise<UnitStatus>): Promise<UnitStatus> {
    this.allowlist.assertHas(unit);
    try {
      return await act();
    } finally {
      await this.registration.flush();
    }
  }
}
