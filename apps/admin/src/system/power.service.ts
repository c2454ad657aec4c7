// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import type { UnitName } from '@givc/model';
import { Log } from '@givc/log';
import { UnitStarter } from '../lifecycle/unit-starter.js';
import { RegistryLookup } from '../registry/registry-lookup.js';

/** Power management of the host, by the targets of systemd.special(7). */
@Injectable()
export class PowerService {
  constructor(
    private readonly lookup: RegistryLookup,
    private readonly units: UnitStarter,
    private readonly log: Log,
  ) {}

  /** Resolves once the host goes down: when the agent answers, or when its connection ends. */
  poweroff(): Promise<void> {
    return this.#start('poweroff.target');
  }

  /** Resolves once the host goes down: when the agent answers, or when its connection ends. */
  reboot(): Promise<void> {
    return this.#start('reboot.target');
  }

  /** Resolves once systemd's job is done, which is after the host has woken up again. */
  suspend(): Promise<void> {
    return this.#start('suspend.target');
  }

  async #start(target: string): Promise<void> {
    this.log.info('starting a power transition', { target });
    await this.units.start(this.lookup.host().machine, target as UnitName);
  }
}
