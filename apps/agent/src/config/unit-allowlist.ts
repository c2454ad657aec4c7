// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Listeners } from '@givc/events';
import { GivcError, instanceOfUnit, type ApplicationName, type UnitName } from '@givc/model';

/** The units that the configuration permits an agent to control. */
export interface AllowedUnits {
  /** The agent's own unit. */
  readonly agent: UnitName;
  readonly services: readonly UnitName[];
  readonly vmServices: {
    readonly adminVm?: UnitName | undefined;
    readonly systemVms: readonly UnitName[];
    readonly appVms: readonly UnitName[];
  };
  /** Every instance of them is permitted. */
  readonly applications: readonly ApplicationName[];
  readonly dbusProxies: readonly UnitName[];
}

/**
 * The units that an agent may control: its own, those of the configuration, instances of its applications, and those of
 * applications that were removed from the configuration while they run.
 */
export class UnitAllowlist {
  readonly #replacements = new Listeners();
  #units: AllowedUnits;
  #isRunning: (unit: UnitName) => boolean = () => false;

  constructor(units: AllowedUnits) {
    this.#units = units;
  }

  get units(): AllowedUnits {
    return this.#units;
  }

  replace(units: AllowedUnits): void {
    this.#units = units;
    this.#replacements.notify();
  }

  /** Calls the listener after each replacement. */
  onReplaced(listener: () => void): void {
    this.#replacements.add(listener);
  }

  /** `isRunning` finds the instances that run, whatever the configuration names now. */
  permitRunning(isRunning: (unit: UnitName) => boolean): void {
    this.#isRunning = isRunning;
  }

  has(unit: UnitName): boolean {
    const { agent, services, vmServices, applications, dbusProxies } = this.units;
    const { adminVm, systemVms, appVms } = vmServices;
    if ([agent, ...services, adminVm, ...systemVms, ...appVms, ...dbusProxies].includes(unit)) return true;
    const instance = instanceOfUnit(unit);
    return instance !== undefined && (applications.includes(instance.application) || this.#isRunning(unit));
  }

  /** Throws PERMISSION_DENIED for any other unit. */
  assertHas(unit: UnitName): void {
    if (!this.has(unit))
      throw new GivcError(
        'PERMISSION_DENIED',
        `unit "${unit}" is not in this agent's allowlist (capabilities.services)`,
      );
  }
}
