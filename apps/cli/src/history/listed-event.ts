// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { history, report } from '@givc/rpc';

/** The kinds of events, by the names of the JSON output. */
export type EventName =
  | 'registered'
  | 'removed'
  | 'status'
  | 'lost'
  | 'back'
  | 'agent'
  | 'restarted'
  | 'command'
  | 'admin-started'
  | 'unknown';

interface ListedState {
  readonly load: string;
  readonly active: string;
  readonly sub: string;
  readonly freezer: string;
}

/** An event under the names of the JSON output. Fields that its kind does not have are null. */
export interface ListedEvent {
  readonly number: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly event: EventName;
  readonly vm: string | null;
  readonly unit: string | null;
  readonly missed: number;
  readonly state: ListedState | null;
  readonly before: ListedState | null;
  readonly ending: { readonly result: string; readonly status: number; readonly stop_requested: boolean } | null;
  readonly agent_state: string | null;
  readonly agent_state_before: string | null;
  readonly caller: string | null;
  readonly method: string | null;
  readonly answer: string | null;
  readonly duration_ms: number | null;
  readonly reason: string | null;
  readonly trace_id: string | null;
}

export function eventName({ kind }: history.HistoryEvent): EventName {
  if (!kind) return 'unknown';
  switch (kind.$case) {
    case 'agent':
      if (kind.value.after === 'lost') return 'lost';
      return kind.value.before === 'lost' ? 'back' : 'agent';
    case 'admin_started':
      return 'admin-started';
    default:
      return kind.$case;
  }
}

const listedState = (state: history.State | undefined): ListedState | null =>
  state
    ? { load: state.load_state, active: state.active_state, sub: state.sub_state, freezer: state.freezer_state }
    : null;

const listedEnding = (ending: report.Ending | undefined): ListedEvent['ending'] =>
  ending ? { result: ending.result, status: ending.status, stop_requested: ending.stop_requested } : null;

function fieldsOf({ kind }: history.HistoryEvent): Partial<ListedEvent> {
  switch (kind?.$case) {
    case 'registered':
      return { state: listedState(kind.value.state), agent_state: kind.value.agent_state || null };
    case 'removed':
      return { state: listedState(kind.value.state), ending: listedEnding(kind.value.ending) };
    case 'status': {
      const { before, after, ending } = kind.value;
      return { state: listedState(after), before: listedState(before), ending: listedEnding(ending) };
    }
    case 'agent': {
      const { before, after, reason } = kind.value;
      return { agent_state: after, agent_state_before: before || null, reason: reason || null };
    }
    case 'restarted':
      return { reason: kind.value.error || null, duration_ms: kind.value.after_ms };
    case 'command': {
      const { caller, method, answer, duration_ms, reason, trace_id } = kind.value;
      return { caller, method, answer, duration_ms, reason: reason || null, trace_id: trace_id || null };
    }
    default:
      return {};
  }
}

/** A time after the year 9999, which RFC 3339 cannot express, is cut there. */
const lastMs = Date.UTC(10_000, 0, 1) - 1;

export const listedEvent = (event: history.HistoryEvent): ListedEvent => ({
  number: event.number,
  time: new Date(Math.min(event.time_ms, lastMs)).toISOString(),
  event: eventName(event),
  vm: event.vm || null,
  unit: event.unit || null,
  missed: event.missed,
  state: null,
  before: null,
  ending: null,
  agent_state: null,
  agent_state_before: null,
  caller: null,
  method: null,
  answer: null,
  duration_ms: null,
  reason: null,
  trace_id: null,
  ...fieldsOf(event),
});
