// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, parseUnitName, parseWord } from '@givc/model';
import type { history } from '@givc/rpc';

/** The number of units of a machine, and of those after which one is ordered, that are passed on. */
const [maxUnits, maxAfter] = [250, 32];

/** The unit, unless a name is invalid. */
function parseUnit({ name, service_type, after, ...times }: history.UnitTimes): history.UnitTimes[] {
  try {
    return [
      {
        name: parseUnitName('name', name),
        service_type: parseWord('service_type', service_type),
        after: after.slice(0, maxAfter).map((one) => parseUnitName('after', one)),
        ...times,
      },
    ];
  } catch {
    return [];
  }
}

/** The answer of an agent, bounded. Throws INTERNAL when it has no times. */
export function parseBootTimes({ times }: history.GetBootTimesResponse): history.BootTimes {
  if (!times) throw new GivcError('INTERNAL', 'the agent answered without times');
  return {
    ...times,
    virtualization: parseWord('virtualization', times.virtualization),
    units: times.units.slice(0, maxUnits).flatMap(parseUnit),
  };
}
