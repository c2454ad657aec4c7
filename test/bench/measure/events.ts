// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { setTimeout } from 'node:timers/promises';
import { systemdTime } from '../clock.js';
import { type Bench } from '../bench.js';
import { group, median, times, type Measurement } from '../measurement.js';
import { controlGroupOf, cpuTime, processOf } from '../processes.js';

const unit = 'web.service';
const quietMs = 6_000;

/** Measured from the time that systemd itself records for the end of the unit. */
async function unitEnds({ lab, admin, registry }: Bench): Promise<Measurement> {
  const machine = lab.machine('net-vm');
  const measured: number[] = [];
  for (let done = 0; done < 15; done++) {
    const since = registry.changes.length;
    process.kill(processOf('net-vm', unit));
    const { at } = await registry.becomes('net-vm', unit, 'PoweredOff', since);
    measured.push(at - (await systemdTime(machine, unit, 'InactiveEnterTimestampMonotonic')));
    await admin.startService({ VmName: 'net-vm', ServiceName: unit });
    await registry.until(`${unit} runs`, () => registry.status('net-vm', unit) === 'Running');
  }
  return times(measured);
}

/**
 * The CPU time of idle daemons, as the median of three intervals, because one of them may include the garbage
 * collection of earlier work, which V8 runs after some idle seconds.
 */
async function quiet({ registry }: Bench): Promise<{ silence: Measurement; idle: Measurement }> {
  const admin = controlGroupOf('admin-vm', 'givc-admin.service');
  const waits: { events: number; msPerSecond: number }[] = [];
  while (waits.length < 3) {
    const [events, used] = [registry.changes.length, cpuTime(admin)];
    await setTimeout(quietMs);
    const msPerSecond = ((cpuTime(admin) - used) / quietMs) * 1000;
    waits.push({ events: registry.changes.length - events, msPerSecond });
  }
  const events = Math.max(...waits.map((wait) => wait.events));
  const msPerSecond = median(waits.map((wait) => wait.msPerSecond));
  return {
    silence: { text: events === 0 ? 'none' : String(events), values: { events } },
    idle: { text: `${msPerSecond.toFixed(2)} ms/s`, values: { msPerSecond } },
  };
}

export const events = group(['unitEnds', 'silence', 'idle'], async (bench) => ({
  unitEnds: await unitEnds(bench),
  ...(await quiet(bench)),
}));
