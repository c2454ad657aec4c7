// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { sameEndpoint } from '@givc/model';
import { isPresent, type Presence, type Present, type Run } from '../registry/agent-presence.js';

/** An observation of an agent. */
export type PresenceEvent =
  /** A stream of reports has begun. */
  | { readonly kind: 'reported' }
  /** It has called RegisterService. */
  | { readonly kind: 'registered' }
  /** It was restored after a restart of the admin. */
  | { readonly kind: 'restored' }
  /** It has answered a call, with a result or an error. */
  | { readonly kind: 'answered' }
  /** It has not answered, or cannot be connected. */
  | { readonly kind: 'missed'; readonly reason: string }
  | { readonly kind: 'streamEnded' };

/** A registration without a boot id counts as the same boot. */
const isSameRun = (before: Run, seen: Run): boolean =>
  (seen.bootId === undefined || seen.bootId === before.bootId) && sameEndpoint(before.endpoint, seen.endpoint);

/**
 * The presence of an agent after an event; the same object when the event changes nothing. The run becomes `seen` when
 * the agent was not there, has booted or has another endpoint. While an agent reports, only its stream decides. An
 * agent that is not registered has to register or report first. A lost agent is back when it reports or answers, but
 * not when it registers: it may register from an address at which it cannot be reached.
 */
export function nextPresence(before: Presence | undefined, event: PresenceEvent, seen: Run): Presence | undefined {
  switch (event.kind) {
    case 'restored':
      return { state: 'unconfirmed' };
    case 'reported':
      return presentAs('reporting', before, seen);
    case 'registered':
      if (before?.state === 'lost') return before;
      return presentAs(before?.state === 'reporting' ? 'reporting' : 'polled', before, seen);
    case 'answered':
      return before === undefined || isPresent(before) ? before : { state: 'polled', run: seen };
    case 'missed':
      return before?.state === 'polled' || before?.state === 'unconfirmed'
        ? { state: 'lost', reason: event.reason }
        : before;
    case 'streamEnded':
      return before?.state === 'reporting' ? { state: 'lost', reason: 'its reports have ended' } : before;
  }
}

function presentAs(state: Present['state'], before: Presence | undefined, seen: Run): Presence {
  if (!isPresent(before)) return { state, run: seen };
  const run = isSameRun(before.run, seen) ? before.run : seen;
  return before.state === state && before.run === run ? before : { state, run };
}
