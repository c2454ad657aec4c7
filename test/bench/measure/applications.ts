// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { now, timed } from '../clock.js';
import { group, times } from '../measurement.js';
import { processOf } from '../processes.js';

const clock = { AppName: 'clock', VmName: 'chrome-vm', Args: [] };

export const applications = group(
  ['startApplication', 'secondInstance', 'stopApplication', 'applicationEnds'],
  async ({ admin, registry }) => {
    const measured = { first: [] as number[], second: [] as number[], stop: [] as number[], ends: [] as number[] };
    for (let done = 0; done < 15; done++) {
      measured.first.push(await timed(() => admin.startApplication(clock)));
      measured.second.push(await timed(() => admin.startApplication(clock)));

      let since = registry.changes.length;
      let started = now();
      const stopped = admin.stopApplication({ AppName: 'clock@1.service', Args: [] });
      measured.stop.push((await registry.removed('chrome-vm', 'clock@1.service', since)).at - started);
      await stopped;

      since = registry.changes.length;
      const pid = processOf('chrome-vm', 'clock@0.service');
      started = now();
      process.kill(pid);
      measured.ends.push((await registry.removed('chrome-vm', 'clock@0.service', since)).at - started);
    }
    return {
      startApplication: times(measured.first),
      secondInstance: times(measured.second),
      stopApplication: times(measured.stop),
      applicationEnds: times(measured.ends),
    };
  },
);
