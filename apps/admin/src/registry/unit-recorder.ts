// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { agentUnit, isAlive, stoppedStatus, type VmName } from '@givc/model';
import type { report } from '@givc/rpc';
import { endingFields } from './application-ending.js';
import { InstanceReservations } from './instance-reservations.js';
import { MachineLog } from './machine-log.js';
import { isAgent, keyOf, type RegistryEntry, type UnitEntry } from './registry-entry.js';
import { RegistryStore } from './registry-store.js';

/**
 * Puts the states of units into the registry, and removes entries that end with a state. `PresenceService` does this
 * for agents.
 */
@Injectable()
export class UnitRecorder {
  constructor(
    private readonly store: RegistryStore,
    private readonly reservations: InstanceReservations,
    private readonly machineLog: MachineLog,
  ) {}

  /**
   * An application that has ended is removed. `stopRequested` is kept until the unit runs again. When a VM is down, its
   * agent and units are removed.
   */
  record(entry: UnitEntry, ending?: report.Ending): void {
    if (entry.type.service === 'App' && !isAlive(entry.status)) return this.#ended(entry, ending);
    const known = this.store.get(entry.machine, entry.unit);
    const stopRequested = isAlive(entry.status) ? undefined : (ending?.stop_requested ?? known?.stopRequested);
    this.store.put({ ...entry, stopRequested, ending: isAlive(entry.status) ? undefined : ending });
    if (entry.type.service === 'VM' && !isAlive(entry.status)) this.store.removeMachine(entry.vm);
  }

  /** Removes all units of a machine except its agent and these. */
  forgetOthers(machine: VmName, units: readonly string[]): void {
    const kept = new Set<string>([...units, agentUnit(machine)]);
    for (const entry of this.store.entriesOf(machine)) if (!kept.has(entry.unit)) this.#remove(entry);
  }

  #remove(entry: RegistryEntry): void {
    if (!isAgent(entry) && entry.type.service === 'App') this.#ended(entry);
    else this.store.remove(keyOf(entry));
  }

  #ended(entry: UnitEntry, ending?: report.Ending): void {
    this.reservations.ended(keyOf(entry));
    if (this.store.get(entry.machine, entry.unit))
      this.machineLog.info(entry.machine, 'application ended', endingFields(entry, ending));
    const { unit, status } = entry;
    this.store.remove(keyOf(entry), isAlive(status) ? stoppedStatus(unit, status) : status, ending);
  }
}
