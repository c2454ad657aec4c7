// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { admin, history, report } from '@givc/rpc';
import { machineWithoutAgent } from '../registry/machine-without-agent.js';
import { itemOf } from '../registry/registry-entry.js';
import { entryOf, eventOf, registeredUnit } from './history-event.js';
import type { StoredEvent, StoredLine, StoredUnit } from './stored-line.js';

const keyOf = ({ vm, unit, machine = vm }: Pick<StoredUnit, 'vm' | 'unit' | 'machine'>): string => `${machine}/${unit}`;

/**
 * The registry as the lines of segments describe it, up to the last one that was applied. Lines are applied in the
 * order of the segments.
 */
export class Replay {
  #units = new Map<string, StoredUnit>();
  /** A snapshot that is being read. */
  #snapshot: { readonly units: Map<string, StoredUnit>; readonly size: number; readonly number: number } | undefined;
  /** Whether the units are those of the registry: after the first complete snapshot. */
  #isExact = false;
  #number: number | undefined;
  /** The number up to which the units are known, and how many events before it are missing in them. */
  #known: number | undefined;
  #missing = 0;

  get isExact(): boolean {
    return this.#isExact;
  }

  /** The number of the last event; undefined before any. */
  get number(): number | undefined {
    return this.#number;
  }

  /** The event that a line adds; undefined for a line of a snapshot. */
  apply(line: StoredLine): history.HistoryEvent | undefined {
    if (line.kind === 'segment') return this.#begin(line.units, line.number);
    if (line.kind === 'unit') return this.#add(line);
    this.#snapshot = undefined;
    const gap = this.#number === undefined ? 0 : Math.max(0, line.number - this.#number - 1);
    this.#number = line.number;
    this.#missing = this.missingUntil(line.number - 1);
    this.#known = line.number;
    return eventOf(line, this.#change(line), gap);
  }

  /** How many events up to a number may have changed the units and are not among the lines. */
  missingUntil(number: number): number {
    return this.#missing + Math.max(0, number - (this.#known ?? number));
  }

  /** As the answer of QueryList. */
  items(): admin.QueryListItem[] {
    return Array.from(this.#units.values(), (unit) => itemOf(entryOf(unit)));
  }

  /** As the answer of ListMachines, as far as the history has it. */
  machines(): report.Machine[] {
    const machines = new Map<string, report.Machine>();
    for (const stored of this.#units.values()) {
      const entry = entryOf(stored);
      if (entry.type.service !== 'VM' && entry.type.service !== 'Mgr') continue;
      const known = machines.get(entry.vm) ?? machineWithoutAgent(entry);
      const fields =
        entry.type.service === 'Mgr' ? { agent_state: stored.presence ?? '' } : { vm_status: itemOf(entry).VmStatus };
      machines.set(entry.vm, { ...known, ...fields });
    }
    return [...machines.values()];
  }

  /** Events between the segments, such as those that were lost with a full disk, appear as missed with the next one. */
  #begin(size: number, number: number): undefined {
    this.#number ??= number;
    this.#known ??= number;
    this.#snapshot = size < 0 ? undefined : { units: new Map(), size, number };
    this.#complete();
  }

  #add(line: StoredUnit): undefined {
    this.#snapshot?.units.set(keyOf(line), line);
    this.#complete();
  }

  #complete(): undefined {
    if (this.#snapshot?.units.size !== this.#snapshot?.size || !this.#snapshot) return;
    this.#units = this.#snapshot.units;
    this.#known = this.#snapshot.number;
    this.#missing = 0;
    this.#snapshot = undefined;
    this.#isExact = true;
  }

  /** Applies the event to its unit. Returns the unit as it was before. */
  #change(event: StoredEvent): StoredUnit | undefined {
    if (!('vm' in event)) return undefined;
    const key = keyOf(event);
    const before = this.#units.get(key);
    if (event.kind === 'removed') this.#units.delete(key);
    // A unit of which events were missed is registered again with its last state.
    else if (event.kind === 'registered') this.#units.set(key, registeredUnit(event));
    else if (before && event.kind === 'status')
      this.#units.set(key, { ...before, state: event.state, description: event.description });
    else if (before && event.kind === 'agent') this.#units.set(key, { ...before, presence: event.presence });
    return before;
  }
}
