// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Listeners } from '@givc/events';
import {
  agentUnit,
  GivcError,
  isAlive,
  stoppedStatus,
  vmUnit,
  type UnitName,
  type UnitStatus,
  type VmName,
} from '@givc/model';
import type { admin, report } from '@givc/rpc';
import { encodedList, type EncodedList } from './encoded-items.js';
import type { EntryBlock, Row } from './entry-block.js';
import { EntryList } from './entry-list.js';
import {
  isAgent,
  itemBytes,
  itemOf,
  keyOf,
  partsOf,
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

/** The entries of one machine. */
interface Machine {
  readonly rows: Map<UnitName, Row>;
  /** An upper bound of their bytes in the list. */
  bytes: number;
}

const maxUnitsOfMachine = 1_000;
const maxMachines = 256;
/** The maximum size of the list, which must fit into a 4 MiB message. One machine may use an eighth. */
const maxListBytes = 3.5 * 1_024 * 1_024;
const maxListBytesOfMachine = maxListBytes / 8;

/**
 * The entries of the registry. Listeners are called once for each visible change, in order, before the method that made
 * the change returns. A change costs the same however many entries there are.
 */
export class RegistryStore {
  readonly #machines = new Map<VmName, Machine>();
  readonly #entries = new EntryList();
  #bytes = 0;
  readonly #changes = new Listeners<[RegistryChange]>();
  readonly #puts = new Listeners<[entry: RegistryEntry, before: RegistryEntry | undefined]>();
  #list: EncodedList | undefined;
  #revision = 0;

  /**
   * Adds the entry or replaces the one with its key. RESOURCE_EXHAUSTED when a machine, or all machines together, have
   * too many entries.
   */
  put(entry: RegistryEntry): void {
    const known = this.#machines.get(entry.machine);
    const row = known?.rows.get(entry.unit);
    const item = itemOf(entry);
    const entryBefore = row?.entry;
    const before = entryBefore && itemOf(entryBefore);
    const grown = itemBytes(item) - (before ? itemBytes(before) : 0);
    this.#assertFits(entry.machine, known, grown);
    if (!row) this.#assertRoom(entry.machine, known);
    const machine = known ?? this.#addMachine(entry.machine);
    this.#count(machine, grown);
    const isVisible = before === undefined || !sameItem(before, item);
    if (row) row.block.replace(row, entry, isVisible);
    else machine.rows.set(entry.unit, this.#entries.add(entry));
    if (isVisible) this.#emit({ kind: before ? 'Updated' : 'Added', key: keyOf(entry), item, entry });
    this.#puts.notify(entry, entryBefore);
  }

  /** `status` is its final state, if that differs from the last one, and `ending` how it has ended, if known. */
  remove(key: RegistryKey, status?: UnitStatus, ending?: report.Ending): void {
    const [name, unit] = partsOf(key);
    const machine = this.#machines.get(name);
    const row = machine?.rows.get(unit);
    if (!machine || !row) return;
    machine.rows.delete(unit);
    this.#entries.remove(row);
    this.#count(machine, -itemBytes(itemOf(row.entry)));
    if (machine.rows.size === 0) this.#machines.delete(name);
    const entry = status || ending ? withEnd(row.entry, status, ending) : row.entry;
    this.#emit({ kind: 'Removed', key, item: itemOf(entry), entry });
  }

  /**
   * Removes the agent and the units of a machine that does not run; the host's unit of the VM stays. If the VM was
   * stopped on request, so were the units that ran in it.
   */
  removeMachine(vm: VmName): void {
    const ending = this.vmEntry(vm)?.stopRequested ? { result: 'success', status: 0, stop_requested: true } : undefined;
    for (const entry of this.entriesOf(vm))
      this.remove(keyOf(entry), stoppedStatus(entry.unit, entry.status), isAlive(entry.status) ? ending : undefined);
  }

  /** The unit of the host that runs this VM, if one is registered. */
  vmEntry(vm: VmName): RegistryEntry | undefined {
    const unit = vmUnit(vm);
    for (const { rows } of this.#machines.values()) {
      const entry = rows.get(unit)?.entry;
      if (entry?.type.service === 'VM') return entry;
    }
    return undefined;
  }

  /** The agent of a machine, if it is registered. */
  agent(machine: VmName): AgentEntry | undefined {
    const entry = this.get(machine, agentUnit(machine));
    return entry && isAgent(entry) ? entry : undefined;
  }

  get(machine: VmName, unit: UnitName): RegistryEntry | undefined {
    return this.#machines.get(machine)?.rows.get(unit)?.entry;
  }

  /** The entries in the order of their registration. */
  entries(): IterableIterator<RegistryEntry> {
    return this.#entries.entries();
  }

  /** The present entries of a machine in the order of their registration. */
  entriesOf(machine: VmName): readonly RegistryEntry[] {
    return Array.from(this.#machines.get(machine)?.rows.values() ?? [], ({ entry }) => entry);
  }

  /** The entries in blocks, each of which tells whether it has changed. */
  get blocks(): readonly EntryBlock[] {
    return this.#entries.blocks;
  }

  /** A new revision for an entry, higher than all earlier ones. */
  nextRevision(): number {
    return ++this.#revision;
  }

  /** The items of all entries. */
  items(): admin.QueryListItem[] {
    return Array.from(this.entries(), itemOf);
  }

  /** The list of items, the same object until a visible change. */
  list(): EncodedList {
    return (this.#list ??= encodedList(this.blocks.map(({ items }) => items)));
  }

  /** Returns a function that removes the listener. */
  onChange(listener: (change: RegistryChange) => void): () => void {
    return this.#changes.add(listener);
  }

  /**
   * Calls the listener for every entry that is put, with the one that it replaces, even when no caller of QueryList
   * could see the change. Returns a function that removes it.
   */
  onPut(listener: (entry: RegistryEntry, before: RegistryEntry | undefined) => void): () => void {
    return this.#puts.add(listener);
  }

  #assertFits(name: VmName, machine: Machine | undefined, grown: number): void {
    if (grown <= 0) return;
    if ((machine?.bytes ?? 0) + grown > maxListBytesOfMachine)
      throw new GivcError('RESOURCE_EXHAUSTED', `the list has no more room for what ${name} registers`);
    if (this.#bytes + grown > maxListBytes) throw new GivcError('RESOURCE_EXHAUSTED', 'the list has no more room');
  }

  #assertRoom(name: VmName, machine: Machine | undefined): void {
    const units = machine?.rows.size ?? 0;
    if (units >= maxUnitsOfMachine)
      throw new GivcError('RESOURCE_EXHAUSTED', `${name} has registered ${units} units, the maximum`);
    if (units === 0 && this.#machines.size >= maxMachines)
      throw new GivcError('RESOURCE_EXHAUSTED', `${maxMachines} machines are registered, the maximum`);
  }

  #addMachine(name: VmName): Machine {
    const machine: Machine = { rows: new Map(), bytes: 0 };
    this.#machines.set(name, machine);
    return machine;
  }

  #count(machine: Machine, grown: number): void {
    machine.bytes += grown;
    this.#bytes += grown;
  }

  #emit(change: RegistryChange): void {
    this.#list = undefined;
    this.#changes.notify(change);
  }
}

const withEnd = (
  entry: RegistryEntry,
  status: UnitStatus = entry.status,
  ending: report.Ending | undefined,
): RegistryEntry => (isAgent(entry) ? { ...entry, status } : { ...entry, status, ending });
