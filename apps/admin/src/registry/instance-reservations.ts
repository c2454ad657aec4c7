// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import {
  instanceOfUnit,
  instanceUnit,
  isAlive,
  type ApplicationName,
  type UnitName,
  type UnitStatus,
} from '@givc/model';
import { keyOf, type AgentEntry, type RegistryKey } from './registry-entry.js';
import { RegistryStore } from './registry-store.js';

/** An instance number that is reserved for one start. */
export interface InstanceReservation {
  readonly unit: UnitName;
  /**
   * Puts the started application into the registry, unless it has already ended or its agent reports by itself, and
   * returns the instance that runs: an agent may return another one, to which the start was handed over.
   */
  started(status: UnitStatus): UnitName;
  release(): void;
}

/** The numbers of instances that are being started and have no registry entry yet. */
@Injectable()
export class InstanceReservations {
  readonly #reserved = new Map<RegistryKey, { hasEnded: boolean }>();

  constructor(private readonly store: RegistryStore) {}

  /** Reserves the lowest number of the application that is free on the machine of this agent. */
  reserve(agent: AgentEntry, application: ApplicationName): InstanceReservation {
    let instance = 0;
    while (this.#isTaken(agent, instanceUnit(application, instance))) instance++;
    const unit = instanceUnit(application, instance);
    const key = keyOf({ machine: agent.machine, unit });
    const reservation = { hasEnded: false };
    this.#reserved.set(key, reservation);
    return {
      unit,
      started: (status) => {
        const named = status.Name as UnitName;
        const running = instanceOfUnit(named)?.application === application ? named : unit;
        if (!reservation.hasEnded && isAlive(status)) this.#register(agent, running, status);
        return running;
      },
      release: () => void this.#reserved.delete(key),
    };
  }

  /** Called when an instance has ended, so that the later answer to its start does not register it. */
  ended(key: RegistryKey): void {
    const reservation = this.#reserved.get(key);
    if (reservation) reservation.hasEnded = true;
  }

  #isTaken({ machine }: AgentEntry, unit: UnitName): boolean {
    return this.#reserved.has(keyOf({ machine, unit })) || this.store.get(machine, unit) !== undefined;
  }

  #register({ vm, machine, unit: agent, type }: AgentEntry, unit: UnitName, status: UnitStatus): void {
    if (this.store.agent(machine)?.presence.state === 'reporting') return;
    const revision = this.store.nextRevision();
    this.store.put({ unit, type: { vm: type.vm, service: 'App' }, status, vm, machine, agent, revision });
  }
}
