// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, parseUnitName, parseWord } from '@givc/model';
import type { history } from '@givc/rpc';

/** The number of units of a machine, and of those after which one is ordered, that are passed on. */
const [maxUnits, maxAfter] = [250, 32];

/** How much later than the time of its answer an agent may have read the last time in it. */
const readingUs = 10_000_000;

/** The unit, unless a name is invalid. */
function parseUnit(unit: history.UnitTimes, past: (us: number) => number): history.UnitTimes[] {
  try {
    return [
      {
        name: parseUnitName('name', unit.name),
        service_type: parseWord('service_type', unit.service_type),
        after: unit.after.slice(0, maxAfter).map((one) => parseUnitName('after', one)),
        starting_us: past(unit.starting_us),
        active_us: past(unit.active_us),
        inactive_us: past(unit.inactive_us),
      },
    ];
  } catch {
    return [];
  }
}

/**
 * The answer of an agent, bounded; a time after the answer is unknown, because nothing has happened then. Throws
 * INTERNAL when it has no times, or impossible ones.
 */
export function parseBootTimes({ times }: history.GetBootTimesResponse): history.BootTimes {
  if (!times) throw new GivcError('INTERNAL', 'the agent answered without times');
  if (times.now_us / 1_000 > Date.now())
    throw new GivcError('INTERNAL', 'the agent answered that its machine has booted before 1970');
  const past = (us: number): number => (us <= times.now_us + readingUs ? us : 0);
  return {
    ...times,
    virtualization: parseWord('virtualization', times.virtualization),
    initrd_us: past(times.initrd_us),
    userspace_us: past(times.userspace_us),
    finish_us: past(times.finish_us),
    session_us: past(times.session_us),
    session_finish_us: past(times.session_finish_us),
    agent_us: past(times.agent_us),
    units: times.units.slice(0, maxUnits).flatMap((unit) => parseUnit(unit, past)),
  };
}
