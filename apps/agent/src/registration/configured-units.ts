import { Injectable } from '@nestjs/common';
import type { UnitName, VmType } from '@givc/model';
import { Systemd } from '@givc/systemd';
import { AgentConfig } from '../agent.config.js';
import { dbusProxyUnit } from '../config/dbus-proxy.js';
import { TrackedUnits, type TrackedUnit } from './tracked-units.js';

/** Which units the admin is told of from the beginning. */
@Injectable()
export class FollowedUnits {
  constructor(
    private readonly config: AgentConfig,
    private readonly systemd: Systemd,
    private readonly units: TrackedUnits,
  ) {}

  /** Resolves once no change of any of them can be missed. */
  async followAll(): Promise<void> {
    await this.#followConfiguredUnits();
    await this.#followRunningApplications();
  }

  async #followConfiguredUnits(): Promise<void> {
    const { services, vmServices, dbusProxy } = this.config.capabilities;
    const vm = this.config.identity.type.vm;
    const follow = (unit: UnitName, of: VmType, service: TrackedUnit['service']) =>
      this.units.follow(unit, of, service);
    await Promise.all([
      ...services.filter((unit) => unit.endsWith('.service')).map((unit) => follow(unit, vm, 'Svc')),
      ...dbusProxy.proxies.map((proxy) => follow(dbusProxyUnit(proxy), vm, 'Svc')),
      ...(vmServices.adminVm ? [follow(vmServices.adminVm, 'AdmVM', 'VM')] : []),
      ...vmServices.systemVms.map((unit) => follow(unit, 'SysVM', 'VM')),
      ...vmServices.appVms.map((unit) => follow(unit, 'AppVM', 'VM')),
    ]);
  }

  /** Those that an earlier run of this agent has started. */
  async #followRunningApplications(): Promise<void> {
    const patterns = this.config.capabilities.applications.map(({ name }) => `${name}@*.service`);
    if (patterns.length === 0) return;
    const running = await this.systemd.listUnits(patterns);
    await Promise.all(
      running.map((status) => this.units.follow(status.Name as UnitName, this.config.identity.type.vm, 'App')),
    );
  }
}
