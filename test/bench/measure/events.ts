// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { setTimeout } from 'node:timers/promises';
import { programUnit } from '../../lab/plan.js';
import { systemdTime } from '../clock.js';
import { type Bench } from '../bench.js';
import { group, median, times, type Measurement } from '../measurement.js';
import { controlGroupOf, cpuTime, processOf } from '../processes.js';

const unit = 'web.service';
/** Then a daemon has collected the garbage of earlier work (libs/daemon/src/heap-trimmer.ts). */
const calmMs = 30_000;
const quietMs = 20_000;

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
 * The CPU time of idle daemons, as the median of three intervals, of which one includes that the admin reads the
 * repository of its policies: each minute here, each five minutes by default.
 */
async function quiet({ registry }: Bench): Promise<Record<'silence' | 'idle' | 'idleAgent', Measurement>> {
  const admin = controlGroupOf('admin-vm', 'givc-admin.service');
  const agent = controlGroupOf('net-vm', programUnit('net-vm'));
  const waits: { events: number; admin: number; agent: number }[] = [];
  await setTimeout(calmMs);
  while (waits.length < 3) {
    const [events, ofAdmin, ofAgent] = [registry.changes.length, cpuTime(admin), cpuTime(agent)];
    await setTimeout(quietMs);
    const share = (group: string, used: number): number => ((cpuTime(group) - used) / quietMs) * 1000;
    waits.push({
      events: registry.changes.length - events,
      admin: share(admin, ofAdmin),
      agent: share(agent, ofAgent),
    });
  }
  const events = Math.max(...waits.map((wait) => wait.events));
  const idle = (msPerSecond: number): Measurement => ({
    text: `${msPerSecond.toFixed(2)} ms/s`,
    values: { msPerSecond },
  });
  return {
    silence: { text: events === 0 ? 'none' : String(events), values: { events } },
    idle: idle(median(waits.map((wait) => wait.admin))),
    idleAgent: idle(median(waits.map((wait) => wait.agent))),
  };
}

export const events = group(['unitEnds', 'silence', 'idle', 'idleAgent'], async (bench) => ({
  unitEnds: await unitEnds(bench),
  ...(await quiet(bench)),
}));
