// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { vmUnit, type VmName } from '@givc/model';
import { Log } from '@givc/log';
import { Timeout } from '@givc/time';
import { RegistryStore } from '../registry/registry-store.js';
import { LivenessConfig } from './liveness.config.js';

/** The time that the host has to register its VMs after its agent. */
const unitsMs = 10_000;

/**
 * Warns once of names in SERVICES that are neither a VM of the host nor the host; an admin that recovers no VMs does
 * not.
 */
@Injectable()
export class ManagedVmsService implements OnApplicationShutdown {
  #check: Timeout | undefined;

  constructor(
    private readonly config: LivenessConfig,
    private readonly store: RegistryStore,
    private readonly log: Log,
  ) {
    if (!config.monitoring) return;
    store.onPut(({ vm, type }) => {
      if (type.vm === 'Host' && type.service === 'Mgr')
        this.#check ??= new Timeout(unitsMs, () => this.#warn(vm), { unref: true });
    });
  }

  onApplicationShutdown(): void {
    this.#check?.cancel();
  }

  #warn(host: VmName): void {
    const known = new Set<string>([vmUnit(host), ...Array.from(this.store.entries(), ({ unit }) => unit)]);
    for (const unit of this.config.services)
      if (!known.has(unit)) this.log.warn('SERVICES names a VM that the host does not have', { unit, host });
  }
}
