// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { maxApplications, type ApplicationName, type UnitName, type VmType } from '@givc/model';
import { Systemd } from '@givc/systemd';
import { AgentSettings } from '../config/agent-settings.js';
import { UnitAllowlist } from '../config/unit-allowlist.js';
import { TrackedUnits, type TrackedUnit } from './tracked-units.js';

/** The units that are reported from the beginning: those of the configuration, and applications that run already. */
@Injectable()
export class ConfiguredUnits {
  constructor(
    private readonly settings: AgentSettings,
    private readonly allowlist: UnitAllowlist,
    private readonly systemd: Systemd,
    private readonly units: TrackedUnits,
  ) {}

  /** Resolves once no change of any of these units can be missed. */
  async trackAll(): Promise<void> {
    await this.#trackUnits();
    await this.#trackApplications();
  }

  /** The applications that the admin may list, each once: the first 200 of the configuration. */
  get applications(): readonly ApplicationName[] {
    return [...new Set(this.allowlist.units.applications)].slice(0, maxApplications);
  }

  async #trackUnits(): Promise<void> {
    const { services, vmServices, dbusProxies } = this.allowlist.units;
    const vm = this.settings.type.vm;
    const track = (unit: UnitName, of: VmType, service: TrackedUnit['service']) => this.units.track(unit, of, service);
    await Promise.all([
      ...services.filter((unit) => unit.endsWith('.service')).map((unit) => track(unit, vm, 'Svc')),
      ...dbusProxies.map((unit) => track(unit, vm, 'Svc')),
      ...(vmServices.adminVm ? [track(vmServices.adminVm, 'AdmVM', 'VM')] : []),
      ...vmServices.systemVms.map((unit) => track(unit, 'SysVM', 'VM')),
      ...vmServices.appVms.map((unit) => track(unit, 'AppVM', 'VM')),
    ]);
  }

  /** Applications that an earlier run of this agent has started. */
  async #trackApplications(): Promise<void> {
    const patterns = this.allowlist.units.applications.map((name) => `${name}@*.service`);
    if (patterns.length === 0) return;
    const running = await this.systemd.listUnits(patterns);
    await Promise.all(running.map((status) => this.units.track(status.Name as UnitName, this.settings.type.vm, 'App')));
  }
}
