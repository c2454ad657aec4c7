// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Timeout } from '@givc/time';
import { followRegistry } from '../registry/follow-registry.js';
import type { AdminDialer } from '../connection/admin-dialer.js';
import { TimedOut } from '../exit/timed-out.js';
import { unknownName } from '../names/unknown-name.js';
import { evaluate, subjectOf, typedOf, type Condition } from './condition.js';

export interface WaitOptions {
  /** Undefined for no timeout. */
  readonly timeoutMs: number | undefined;
  /** Called once each time that the admin becomes unreachable, and once if nothing of this name is registered. */
  readonly note: (text: string) => void;
}

/**
 * Resolves with the unit that meets the condition, as soon as one does. Throws `TimedOut` with the state that it found
 * instead.
 */
export async function waitFor(
  condition: Condition,
  dialer: AdminDialer,
  { timeoutMs, note }: WaitOptions,
): Promise<string> {
  const ending = new AbortController();
  const timeout = timeoutMs === undefined ? undefined : new Timeout(timeoutMs, () => ending.abort());
  let isUnreachable = false;
  let isFirst = true;
  let instead = `${dialer.name} has not answered`;
  try {
    for await (const seen of followRegistry(dialer, ending.signal)) {
      if (seen.state === 'unreachable') {
        if (!isUnreachable) note(`still waiting: ${seen.error.message}`);
        isUnreachable = true;
        instead = seen.error.message;
        continue;
      }
      isUnreachable = false;
      const evaluation = evaluate(condition, seen.items);
      if (evaluation.met) return evaluation.by;
      const unknown = isFirst ? unknownName(seen.items, typedOf(condition)) : undefined;
      if (unknown) note(`still waiting: ${unknown.problem}: ${unknown.advice}`);
      isFirst = false;
      instead = evaluation.instead;
    }
  } finally {
    timeout?.cancel();
  }
  const seconds = (timeoutMs ?? 0) / 1_000;
  throw new TimedOut(`${subjectOf(condition)} is not ${condition.state} after ${seconds} s: ${instead}`);
}
