// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseUnitType } from '@givc/model';
import type { history } from '@givc/rpc';
import type { RegistryEntry } from '../registry/registry-entry.js';
import type { StoredEvent, StoredState, StoredUnit } from './stored-line.js';

export const stateOf = (stored: StoredState): history.State => {
  const [load_state = '', active_state = '', sub_state = '', freezer_state = ''] = stored.split('/');
  return { load_state, active_state, sub_state, freezer_state };
};

/** The fields of an entry that `itemOf` shows. */
export function entryOf({
  vm,
  unit,
  machine = vm,
  type,
  agent,
  description,
  state,
  presence,
}: StoredUnit): RegistryEntry {
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

type Registered = Extract<StoredEvent, { kind: 'registered' }>;

/** The unit of an event that registers it. */
export const registeredUnit = ({
  vm,
  unit,
  machine,
  type,
  agent,
  description,
  state,
  presence,
}: Registered): StoredUnit => ({ vm, unit, machine, type, agent, description, state, presence });

/**
 * The event for a caller. `before` is its unit as it was, if that is known, and `gap` the number of events that are
 * missing before it.
 */
export function eventOf(event: StoredEvent, before: StoredUnit | undefined, gap: number): history.HistoryEvent {
  const { number, time, vm = '', unit = '', missed = 0 } = event as StoredEvent & Partial<StoredUnit>;
  return { number, time_ms: time, vm, unit, missed: missed + gap, kind: kindOf(event, before) };
}

function kindOf(event: StoredEvent, before: StoredUnit | undefined): history.HistoryEvent['kind'] {
  switch (event.kind) {
    case 'registered':
      return registered(event);
    case 'removed':
      return { $case: 'removed', value: { state: stateOf(event.state), ending: event.ending } };
    case 'status': {
      const { state, ending } = event;
      const value = { before: before && stateOf(before.state), after: stateOf(state), ending };
      return { $case: 'status', value };
    }
    case 'agent': {
      const value = { before: before?.presence ?? '', after: event.presence, reason: event.reason ?? '' };
      return { $case: 'agent', value };
    }
    case 'restarted': {
      const { afterMs: after_ms, restarts, error = '' } = event;
      return { $case: 'restarted', value: { after_ms, restarts, error } };
    }
    case 'command': {
      const { caller, method, answer, ms, reason = '', trace: trace_id = '' } = event;
      return { $case: 'command', value: { caller, method, answer, duration_ms: ms, reason, trace_id } };
    }
    case 'started':
      return { $case: 'admin_started', value: { version: event.version } };
  }
}

function registered(event: Registered): history.HistoryEvent['kind'] {
  const { machine, type } = entryOf(event);
  return {
    $case: 'registered',
    value: {
      machine,
      vm_type: type.vm,
      service_type: type.service,
      description: event.description,
      state: stateOf(event.state),
      agent_state: event.presence ?? '',
    },
  };
}
