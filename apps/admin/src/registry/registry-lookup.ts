// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { GivcError, invalid, unknownVm, type InstanceSelector, type UnitName, type VmName } from '@givc/model';
import { HostElection } from './host-election.js';
import { applicationOf, nameOf, selects } from './instance-selection.js';
import { type AgentEntry, type RegistryEntry } from './registry-entry.js';
import { RegistryStore } from './registry-store.js';

/** Finds the entries that a request names, and throws an error for its caller when they are missing or ambiguous. */
@Injectable()
export class RegistryLookup {
  constructor(
    private readonly store: RegistryStore,
    private readonly hostElection: HostElection,
  ) {}

  /** UNAVAILABLE when the machine is known but has no agent, NOT_FOUND when it is unknown. */
  agentOf(vm: VmName): AgentEntry {
    const entry = this.store.agent(vm);
    if (entry) return entry;
    if (this.store.vmEntry(vm)) throw new GivcError('UNAVAILABLE', `VM "${vm}" has no agent: is it running?`);
    throw unknownVm(vm);
  }

  /** The agent of the host. UNAVAILABLE as long as it has not registered. */
  host(): AgentEntry {
    const { name } = this.hostElection;
    const entry = name === undefined ? undefined : this.store.agent(name);
    if (entry) return entry;
    throw new GivcError('UNAVAILABLE', 'the agent of the host has not registered');
  }

  /**
   * The only machine with a unit of this name. NOT_FOUND when there is none, INVALID_ARGUMENT with their names when
   * there are more.
   */
  machineOf(field: string, unit: UnitName): VmName {
    const machines = [...this.store.entries()].filter((entry) => entry.unit === unit).map((entry) => entry.machine);
    if (machines.length > 1) throw invalid(field, `${unit} is in ${machines.join(', ')}: name one of them`);
    if (machines[0] === undefined) throw new GivcError('NOT_FOUND', `unit "${unit}" is not registered by any VM`);
    return machines[0];
  }

  /**
   * The running instances that a request names, all of one machine: without a VM, of `<application>-vm` if that has
   * some. NOT_FOUND when there are none.
   */
  instances(selector: InstanceSelector, vm: VmName | undefined): [RegistryEntry, ...RegistryEntry[]] {
    const all = [...this.store.entries()].filter(
      (entry) => entry.type.service === 'App' && (vm === undefined || entry.vm === vm) && selects(selector, entry.unit),
    );
    const ownVm = `${applicationOf(selector)}-vm`;
    const own = all.filter((entry) => entry.vm === ownVm);
    const found = own.length > 0 ? own : all;
    const machines = new Set(found.map((entry) => entry.vm));
    if (machines.size > 1)
      throw invalid('VmName', `${nameOf(selector)} runs in ${[...machines].join(', ')}: name one of them`);
    const [first, ...more] = found;
    if (!first)
      throw new GivcError('NOT_FOUND', `application ${nameOf(selector)} does not run${vm ? ` in VM "${vm}"` : ''}`);
    return [first, ...more];
  }
}
