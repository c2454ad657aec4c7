// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Listeners } from '@givc/events';
import { agentUnit, GivcError, stoppedStatus, vmUnit, type UnitName, type UnitStatus, type VmName } from '@givc/model';
import type { admin } from '@givc/rpc';
import {
  isAgent,
  itemBytes,
  itemOf,
  keyOf,
  sameItem,
  type AgentEntry,
  type RegistryEntry,
  type RegistryKey,
} from './registry-entry.js';

/** A change of the registry; `entry` is the entry after the change, or the last one of a removed entry. */
export interface RegistryChange {
  readonly kind: 'Added' | 'Updated' | 'Removed';
  readonly key: RegistryKey;
  readonly item: admin.QueryListItem;
  readonly entry: RegistryEntry;
}

interface Row {
  readonly entry: RegistryEntry;
  readonly item: admin.QueryListItem;
}

const maxUnitsOfMachine = 1_000;
const maxMachines = 256;
/** The maximum size of the list, which must fit into a 4 MiB message. One machine may use an eighth. */
const maxListBytes = 3.5 * 1_024 * 1_024;
const maxListBytesOfMachine = maxListBytes / 8;

/**
 * The rows of the registry. Listeners are called once for each visible change, in order, before the method that made
 * the change returns.
 */
export class RegistryStore {
  readonly #rows = new Map<RegistryKey, Row>();
  readonly #unitsOfMachine = new Map<VmName, number>();
  readonly #bytesOfMachine = new Map<VmName, number>();
  #bytes = 0;
  readonly #changes = new Listeners<[RegistryChange]>();
  readonly #puts = new Listeners<[RegistryEntry]>();
  #list: admin.QueryListResponse | undefined;
  #revision = 0;

  /**
   * Adds the entry or replaces the one with its key. RESOURCE_EXHAUSTED when a machine, or all machines together, have
   * too many entries.
   */
  put(entry: RegistryEntry): void {
    const key = keyOf(entry);
    const known = this.#rows.get(key);
    const item = itemOf(entry);
    const grown = itemBytes(item) - (known ? itemBytes(known.item) : 0);
    this.#assertFits(entry.machine, grown);
    if (!known) this.#makeRoom(entry.machine);
    this.#count(entry.machine, grown);
    const unchanged = known !== undefined && sameItem(known.item, item);
    this.#rows.set(key, { entry, item: unchanged ? known.item : item });
    if (!unchanged) this.#emit({ kind: known ? 'Updated' : 'Added', key, item, entry });
    this.#puts.notify(entry);
  }

  /** `status` is its final state, if that differs from the last one. */
  remove(key: RegistryKey, status?: UnitStatus): void {
    const row = this.#rows.get(key);
    if (!row) return;
    this.#rows.delete(key);
    this.#count(row.entry.machine, -itemBytes(row.item));
    const left = this.#unitsOfMachine.get(row.entry.machine)! - 1;
    if (left === 0) this.#unitsOfMachine.delete(row.entry.machine);
    else this.#unitsOfMachine.set(row.entry.machine, left);
    const entry = status ? { ...row.entry, status } : row.entry;
    this.#emit({ kind: 'Removed', key, item: itemOf(entry), entry });
  }

  /** Removes the agent and the units of a machine that does not run; the host's unit of the VM stays. */
  removeMachine(vm: VmName): void {
    for (const { entry } of [...this.#rows.values()])
      if (entry.machine === vm) this.remove(keyOf(entry), stoppedStatus(entry.unit, entry.status));
  }

  /** The unit of the host that runs this VM, if one is registered. */
  vmEntry(vm: VmName): RegistryEntry | undefined {
    const unit = vmUnit(vm);
    for (const { entry } of this.#rows.values()) if (entry.unit === unit && entry.type.service === 'VM') return entry;
    return undefined;
  }

  /** The agent of a machine, if it is registered. */
  agent(machine: VmName): AgentEntry | undefined {
    const entry = this.get(machine, agentUnit(machine));
    return entry && isAgent(entry) ? entry : undefined;
  }

  get(machine: VmName, unit: UnitName): RegistryEntry | undefined {
    return this.#rows.get(keyOf({ machine, unit }))?.entry;
  }

  /** The entries in the order of their registration. */
  *entries(): IterableIterator<RegistryEntry> {
    for (const row of this.#rows.values()) yield row.entry;
  }

  /** A new revision for an entry, higher than all earlier ones. */
  nextRevision(): number {
    return ++this.#revision;
  }

  /** The list of items, the same frozen object until a visible change. */
  list(): admin.QueryListResponse {
    return (this.#list ??= Object.freeze({ List: Array.from(this.#rows.values(), (row) => row.item) }));
  }

  /** Returns a function that removes the listener. */
  onChange(listener: (change: RegistryChange) => void): () => void {
    return this.#changes.add(listener);
  }

  /**
   * Calls the listener for every entry that is put, even when no caller of QueryList could see the change. Returns a
   * function that removes it.
   */
  onPut(listener: (entry: RegistryEntry) => void): () => void {
    return this.#puts.add(listener);
  }

  #assertFits(machine: VmName, grown: number): void {
    if (grown <= 0) return;
    if ((this.#bytesOfMachine.get(machine) ?? 0) + grown > maxListBytesOfMachine)
      throw new GivcError('RESOURCE_EXHAUSTED', `the list has no more room for what ${machine} registers`);
    if (this.#bytes + grown > maxListBytes) throw new GivcError('RESOURCE_EXHAUSTED', 'the list has no more room');
  }

  #count(machine: VmName, grown: number): void {
    this.#bytes += grown;
    const bytes = (this.#bytesOfMachine.get(machine) ?? 0) + grown;
    if (bytes === 0) this.#bytesOfMachine.delete(machine);
    else this.#bytesOfMachine.set(machine, bytes);
  }

  #makeRoom(machine: VmName): void {
    const units = this.#unitsOfMachine.get(machine) ?? 0;
    if (units >= maxUnitsOfMachine)
      throw new GivcError('RESOURCE_EXHAUSTED', `${machine} has registered ${units} units, the maximum`);
    if (units === 0 && this.#unitsOfMachine.size >= maxMachines)
      throw new GivcError('RESOURCE_EXHAUSTED', `${maxMachines} machines are registered, the maximum`);
    this.#unitsOfMachine.set(machine, units + 1);
  }

  #emit(change: RegistryChange): void {
    this.#list = undefined;
    this.#changes.notify(change);
  }
}
