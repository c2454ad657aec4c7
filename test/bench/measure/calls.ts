// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type AdminClient } from '@givc/client';
import { timed } from '../clock.js';
import { runLoad, type LoadName } from '../load.js';
import { duration, group, times, type Measurement } from '../measurement.js';

const unit = { VmName: 'net-vm', UnitName: 'web.service' };
const service = { VmName: 'net-vm', ServiceName: 'web.service' };

async function repeated(count: number, call: () => Promise<unknown>): Promise<number[]> {
  const measured: number[] = [];
  for (let done = 0; done < count; done++) measured.push(await timed(call));
  return measured;
}

/** The calls of a program that has been running for a while: the first ones are not measured. */
async function warm(count: number, call: () => Promise<unknown>): Promise<Measurement> {
  await repeated(count / 4, call);
  return times(await repeated(count, call));
}

async function load(name: LoadName): Promise<Measurement> {
  const { perSecond, p50, p99 } = await runLoad(name);
  return {
    text: `${Math.round(perSecond).toLocaleString('en')}/s, p50 ${duration(p50)}, p99 ${duration(p99)}`,
    values: { perSecond, p50Ms: p50, p99Ms: p99 },
  };
}

export const calls = group(
  ['queryList', 'queryListLoad', 'unitStatus', 'unitStatusLoad', 'startService'],
  async ({ admin }) => ({
    queryList: await warm(2_000, () => admin.queryList()),
    unitStatus: await warm(1_000, () => admin.getUnitStatus(unit)),
    queryListLoad: await load('queryList'),
    unitStatusLoad: await load('unitStatus'),
    startService: times(await startTimes(admin, 50)),
  }),
);

async function startTimes(admin: AdminClient, count: number): Promise<number[]> {
  const measured: number[] = [];
  for (let done = 0; done < count; done++) {
    await admin.stopService(service);
    measured.push(await timed(() => admin.startService(service)));
  }
  return measured;
}
