// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { history, report } from '@givc/rpc';
import { localTime } from './local-time.js';

/** A duration for people: `350 ms`, `1.25 s`, `3 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1_000)} s`;
}

function stateText(state: history.State | undefined): string {
  if (!state) return 'unknown';
  const { load_state: load, active_state: active, sub_state: sub, freezer_state: freezer } = state;
  if (freezer === 'frozen') return 'paused';
  if (load !== 'loaded' && load !== '') return `${active} (${load})`;
  return active === '' ? 'ended' : `${active} (${sub})`;
}

function endingText(ending: report.Ending | undefined): string {
  if (!ending) return '';
  const { result, status, stop_requested: isRequested } = ending;
  const how = result === 'success' ? '' : `: ${result}${status === 0 ? '' : `, status ${status}`}`;
  return `${how}${isRequested ? ', as requested' : ''}`;
}

function sentenceOf({ kind }: history.HistoryEvent): string {
  switch (kind?.$case) {
    case 'registered':
      return `registered, ${kind.value.agent_state || stateText(kind.value.state)}`;
    case 'removed':
      return `removed, ${stateText(kind.value.state)}${endingText(kind.value.ending)}`;
    case 'status': {
      const { before, after, ending } = kind.value;
      const [was, is] = [stateText(before), stateText(after)];
      return was === is ? is : `${is}${endingText(ending)}, was ${was}`;
    }
    case 'agent': {
      const { before, after, reason } = kind.value;
      if (after === 'lost') return `agent lost: ${reason}`;
      return before === 'lost' ? `agent back, ${after}` : `agent ${after}, was ${before || 'unknown'}`;
    }
    case 'restarted': {
      const { after_ms, restarts, error } = kind.value;
      if (error !== '') return `cannot be started again: ${error}`;
      const times = restarts === 0 ? '' : `, after ${restarts} earlier restarts`;
      return `crashed, started again ${after_ms === 0 ? 'at once' : `in ${duration(after_ms)}`}${times}`;
    }
    case 'command': {
      const { caller, method, answer, duration_ms, reason } = kind.value;
      const outcome = `${answer} after ${duration(duration_ms)}`;
      return `${method} by ${caller || 'unknown'}: ${outcome}${reason === '' ? '' : `: ${reason}`}`;
    }
    case 'admin_started':
      return `the admin has started, version ${kind.value.version}`;
    case undefined:
      return 'an event that only a newer givc-cli knows';
  }
}

/** The event on one line, with the local time. */
export function eventText(event: history.HistoryEvent): string {
  const subject = [event.vm, event.unit].filter((part) => part !== '').join(' ');
  const missed = event.missed === 0 ? '' : ` (${event.missed} events before this one were not kept)`;
  return `${localTime(event.time_ms)} ${subject === '' ? '' : `${subject}: `}${sentenceOf(event)}${missed}`;
}
