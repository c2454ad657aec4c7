// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseUnitType } from '@givc/model';
import type { admin, history, report } from '@givc/rpc';
import { machineWithoutAgent } from '../registry/machine-without-agent.js';
import { itemOf, type RegistryEntry } from '../registry/registry-entry.js';
import type { StoredEvent, StoredLine, StoredState, StoredUnit } from './stored-line.js';

export const stateOf = (stored: StoredState): history.State => {
  const [load_state = '', active_state = '', sub_state = '', freezer_state = ''] = stored.split('/');
  return { load_state, active_state, sub_state, freezer_state };
};

const keyOf = ({ vm, unit, machine = vm }: Pick<StoredUnit, 'vm' | 'unit' | 'machine'>): string => `${machine}/${unit}`;

/** The fields of an entry that `itemOf` shows. */
function entryOf({ vm, unit, machine = vm, type, agent, description, state, presence }: StoredUnit): RegistryEntry {
  const { load_state, active_state, sub_state, freezer_state } = stateOf(state);
  const entry = {
    unit,
    type: parseUnitType('type', type),
    status: {
      Name: unit,
      Description: description,
      LoadState: load_state,
      ActiveState: active_state,
      SubState: sub_state,
      Path: '',
      FreezerState: freezer_state,
    },
    vm,
    machine,
    agent,
    ...(presence !== undefined && { presence: { state: presence } }),
  };
  return entry as unknown as RegistryEntry;
}

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

  /** The event that a line adds; undefined for a line of a snapshot. */
  apply(line: StoredLine): history.HistoryEvent | undefined {
    if (line.kind === 'segment') return this.#begin(line.units, line.number);
    if (line.kind === 'unit') return this.#add(line);
    this.#snapshot = undefined;
    const gap = this.#number === undefined ? 0 : Math.max(0, line.number - this.#number - 1);
    this.#number = line.number;
    this.#missing = this.missingUntil(line.number - 1);
    this.#known = line.number;
    const { number, time, vm = '', unit = '', missed = 0 } = line as StoredEvent & Partial<StoredUnit>;
    return { number, time_ms: time, vm, unit, missed: missed + gap, kind: this.#kindOf(line) };
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

  #kindOf(event: StoredEvent): history.HistoryEvent['kind'] {
    switch (event.kind) {
      case 'registered':
        return this.#registered(event);
      case 'removed':
        this.#units.delete(keyOf(event));
        return { $case: 'removed', value: { state: stateOf(event.state), ending: event.ending } };
      case 'status':
        return this.#status(event);
      case 'agent': {
        const before = this.#change(event, { presence: event.presence });
        const value = { before: before?.presence ?? '', after: event.presence, reason: event.reason ?? '' };
        return { $case: 'agent', value };
      }
      case 'restarted':
        return {
          $case: 'restarted',
          value: { after_ms: event.afterMs, restarts: event.restarts, error: event.error ?? '' },
        };
      case 'command': {
        const { caller, method, answer, ms, reason = '', trace: trace_id = '' } = event;
        return { $case: 'command', value: { caller, method, answer, duration_ms: ms, reason, trace_id } };
      }
      case 'started':
        return { $case: 'admin_started', value: { version: event.version } };
    }
  }

  /** A unit of which events were missed is registered again with its last state. */
  #registered(event: Extract<StoredEvent, { kind: 'registered' }>): history.HistoryEvent['kind'] {
    const { vm, unit, machine, type, agent, description, state, presence } = event;
    const stored = { vm, unit, machine, type, agent, description, state, presence };
    this.#units.set(keyOf(event), stored);
    const entry = entryOf(stored);
    return {
      $case: 'registered',
      value: {
        machine: entry.machine,
        vm_type: entry.type.vm,
        service_type: entry.type.service,
        description,
        state: stateOf(state),
        agent_state: presence ?? '',
      },
    };
  }

  #status(event: Extract<StoredEvent, { kind: 'status' }>): history.HistoryEvent['kind'] {
    const { state, description, ending } = event;
    const before = this.#change(event, { state, description });
    return {
      $case: 'status',
      value: { before: before && stateOf(before.state), after: stateOf(state), ending },
    };
  }

  /** Returns the unit as it was before. */
  #change(event: Pick<StoredUnit, 'vm' | 'unit' | 'machine'>, news: Partial<StoredUnit>): StoredUnit | undefined {
    const key = keyOf(event);
    const before = this.#units.get(key);
    if (before) this.#units.set(key, { ...before, ...news });
    return before;
  }
}
