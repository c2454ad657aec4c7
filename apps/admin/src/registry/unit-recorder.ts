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
    const { unit, type, status, vm, machine, agent, revision } = entry;
    const isUp = isAlive(status);
    if (type.service === 'App' && !isUp) return this.#ended(entry, ending);
    const known = this.store.get(machine, unit);
    const [stopRequested, lastEnding] = isUp ? [] : [ending?.stop_requested ?? known?.stopRequested, ending];
    // A copy by `...` would have a shape of its own in V8, which takes more memory than the entry.
    this.store.put({ unit, type, status, vm, machine, agent, revision, stopRequested, ending: lastEnding });
    if (type.service === 'VM' && !isUp) this.store.removeMachine(vm);
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
