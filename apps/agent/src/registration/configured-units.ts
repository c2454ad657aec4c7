// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { maxApplications, type ApplicationName, type UnitName, type VmType } from '@givc/model';
import { Systemd } from '@givc/systemd';
import { AgentSettings } from '../config/agent-settings.js';
import { UnitAllowlist } from '../config/unit-allowlist.js';
import { TrackedUnits, type TrackedUnit } from './tracked-units.js';

type Kind = Pick<TrackedUnit, 'vm' | 'service'>;

/** The units that are reported: those of the configuration, and applications that run. */
@Injectable()
export class ConfiguredUnits {
  constructor(
    private readonly settings: AgentSettings,
    private readonly allowlist: UnitAllowlist,
    private readonly systemd: Systemd,
    private readonly units: TrackedUnits,
  ) {
    allowlist.permitRunning((unit) => units.hasApplication(unit));
  }

  /** Calls the listener when the configuration names other units or applications. */
  onReplaced(listener: () => void): void {
    this.allowlist.onReplaced(listener);
  }

  /**
   * Tracks the units that the configuration names now, and no others, but each application until it has ended. Resolves
   * once no change of any of these units can be missed.
   */
  async trackAll(): Promise<void> {
    const configured = this.#configured();
    for (const { unit, vm, service } of [...this.units.all()]) {
      const now = configured.get(unit);
      if (service !== 'App' && (now?.vm !== vm || now.service !== service)) this.units.untrack(unit);
    }
    await Promise.all([...configured].map(([unit, { vm, service }]) => this.units.track(unit, vm, service)));
    await this.#trackApplications();
  }

  /** The applications that the admin may list, each once: the first 200 of the configuration. */
  get applications(): readonly ApplicationName[] {
    return [...new Set(this.allowlist.units.applications)].slice(0, maxApplications);
  }

  /** A unit that is named twice counts once, as what it is named first. */
  #configured(): ReadonlyMap<UnitName, Kind> {
    const { services, vmServices, dbusProxies } = this.allowlist.units;
    const { adminVm, systemVms, appVms } = vmServices;
    const configured = new Map<UnitName, Kind>();
    const add = (units: readonly UnitName[], vm: VmType, service: Kind['service']) => {
      for (const unit of units) if (!configured.has(unit)) configured.set(unit, { vm, service });
    };
    add([...services.filter((unit) => unit.endsWith('.service')), ...dbusProxies], this.settings.type.vm, 'Svc');
    add(adminVm ? [adminVm] : [], 'AdmVM', 'VM');
    add(systemVms, 'SysVM', 'VM');
    add(appVms, 'AppVM', 'VM');
    return configured;
  }

  /** Applications that an earlier run of this agent has started. */
  async #trackApplications(): Promise<void> {
    const patterns = this.allowlist.units.applications.map((name) => `${name}@*.service`);
    if (patterns.length === 0) return;
    const running = await this.systemd.listUnits(patterns);
    await Promise.all(running.map((status) => this.units.track(status.Name as UnitName, this.settings.type.vm, 'App')));
  }
}
