// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { isAlive, type UnitName, type UnitStatus, type VmName } from '@givc/model';
import { runOf, type Run } from './agent-presence.js';
import { isAgent, type RegistryEntry } from './registry-entry.js';
import { RegistryStore } from './registry-store.js';
import { UnitRecorder } from './unit-recorder.js';

/**
 * Calls to agents about one unit each: the polls, the queries of `UnitStates`, and the commands of `lifecycle/`. The
 * status in the answer is recorded before the call resolves with it, unless the registry has newer facts by then: the
 * agent reports by itself, or the entry has another revision than before the call. A unit that is not registered is not
 * added.
 */
@Injectable()
export class UnitCalls {
  constructor(
    private readonly store: RegistryStore,
    private readonly units: UnitRecorder,
  ) {}

  /** A query of the state of the unit. */
  async observe(machine: VmName, unit: UnitName, ask: () => Promise<UnitStatus>): Promise<UnitStatus> {
    return this.#record(machine, unit, ask, { bumpsRevision: false });
  }

  /** A command that changes the unit. The answers to earlier queries are older than its answer. */
  async command(machine: VmName, unit: UnitName, act: () => Promise<UnitStatus>): Promise<UnitStatus> {
    return this.#record(machine, unit, act, { bumpsRevision: true });
  }

  /**
   * If the VM's agent registered while the query was open, the answer is ignored: recording the VM as stopped would
   * remove an agent that may never register again.
   */
  async #record(
    machine: VmName,
    unit: UnitName,
    call: () => Promise<UnitStatus>,
    { bumpsRevision }: { readonly bumpsRevision: boolean },
  ): Promise<UnitStatus> {
    const before = this.store.get(machine, unit);
    const runBefore = before && this.#runOf(before);
    const status = await call();
    const known = this.store.get(machine, unit);
    if (!known || known.revision !== before?.revision || this.store.agent(machine)?.presence.state === 'reporting')
      return status;
    const run = this.#runOf(known);
    const isOutdated = known.type.service === 'VM' && !isAlive(status) && run !== undefined && run !== runBefore;
    if (isOutdated) return status;
    const news = { status, ...(bumpsRevision && { revision: this.store.nextRevision() }) };
    if (isAgent(known)) this.store.put({ ...known, ...news });
    else this.units.record({ ...known, ...news });
    return status;
  }

  #runOf({ vm }: RegistryEntry): Run | undefined {
    return runOf(this.store.agent(vm)?.presence);
  }
}
