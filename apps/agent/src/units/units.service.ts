import { Injectable } from '@nestjs/common';
import type { UnitName, UnitStatus } from '@givc/model';
import { Systemd } from '@givc/systemd';
import { AgentConfig } from '../agent.config.js';
import { assertAllowed } from './unit-allowlist.js';

/**
 * The units of this machine that the configuration allows; every other is refused with PERMISSION_DENIED. An aborted
 * `signal` ends the waiting, not what systemd does.
 */
@Injectable()
export class UnitsService {
  constructor(
    private readonly config: AgentConfig,
    private readonly systemd: Systemd,
  ) {}

  start(unit: UnitName, signal?: AbortSignal): Promise<UnitStatus> {
    return this.#allowed(unit).startUnit(unit, signal);
  }

  stop(unit: UnitName, signal?: AbortSignal): Promise<UnitStatus> {
    return this.#allowed(unit).stopUnit(unit, signal);
  }

  kill(unit: UnitName, signal?: AbortSignal): Promise<UnitStatus> {
    return this.#allowed(unit).killUnit(unit, signal);
  }

  freeze(unit: UnitName): Promise<UnitStatus> {
    return this.#allowed(unit).freezeUnit(unit);
  }

  thaw(unit: UnitName): Promise<UnitStatus> {
    return this.#allowed(unit).thawUnit(unit);
  }

  status(unit: UnitName): Promise<UnitStatus> {
    return this.#allowed(unit).unitStatus(unit);
  }

  #allowed(unit: UnitName): Systemd {
    assertAllowed(this.config, unit);
    return this.systemd;
  }
}
