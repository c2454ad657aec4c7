// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type Bench } from '../bench.js';
import { medianOf, runGhz, type GhzCall, type GhzLoad, type GhzResult } from '../ghz.js';
import { duration, group, median, type Measurement } from '../measurement.js';
import { ProgramPair } from '../program-pair.js';
import { addresses, adminPort } from '../../lab/plan.js';

type Call = Omit<GhzCall, 'address'>;

const own = `${addresses['admin-vm']}:${adminPort}`;
const call = (name: string, request: object): Call => ({ rpc: `admin.AdminService/${name}`, request });
const queryList = call('QueryList', {});
const unitStatus = call('GetUnitStatus', { VmName: 'net-vm', UnitName: 'web.service' });
const startService = call('StartService', { VmName: 'net-vm', ServiceName: 'web.service' });
const startApplication = call('StartApplication', { VmName: 'chrome-vm', AppName: 'clock' });

/** What people and their scripts do: one caller, a few calls a second. */
const paced: GhzLoad = { callers: 1, calls: 20, perSecond: 4 };

/** Runs ghz several times, alternately with each address. */
async function alternately(runs: number, addresses: readonly string[], run: (address: string) => Promise<GhzResult>) {
  const results = addresses.map((): GhzResult[] => []);
  for (let done = 0; done < runs; done++)
    for (const [index, address] of addresses.entries()) results[index]!.push(await run(address));
  return results;
}

/** The measurement of this checkout, beside that of the original if there is one. */
function beside([ours, ofOriginal]: readonly GhzResult[][], of: (results: readonly GhzResult[]) => Measurement) {
  return ofOriginal === undefined ? of(ours!) : { ...of(ours!), original: of(ofOriginal) };
}

function pacedTimes(results: readonly GhzResult[]): Measurement {
  const p50Ms = medianOf(results, ({ durations }) => median(durations.slice(1)));
  const firstMs = medianOf(results, ({ durations }) => durations[0]!);
  const cpuMs = medianOf(results, (result) => result.cpuMs);
  const caller = `median of ${results.length} runs, ghz itself ${duration(cpuMs)} a call`;
  return {
    text: `${duration(p50Ms)}, first of a run ${duration(firstMs)} (${caller})`,
    values: { p50Ms, firstMs, ghzCpuMs: cpuMs },
  };
}

function rate(results: readonly GhzResult[]): Measurement {
  const perSecond = medianOf(results, (result) => result.perSecond);
  const p50Ms = medianOf(results, ({ durations }) => median(durations));
  const cpuMs = medianOf(results, (result) => result.cpuMs);
  return {
    text: `${Math.round(perSecond).toLocaleString('en')}/s, p50 ${duration(p50Ms)} (ghz itself ${cpuMs.toFixed(2)} ms a call)`,
    values: { perSecond, p50Ms, ghzCpuMs: cpuMs },
  };
}

/**
 * Runs the work with the address of an admin of this checkout and, with `--original`, of one of the original. Both know
 * the same units.
 */
async function withPairs<T>({ lab, original }: Bench, work: (addresses: readonly string[]) => Promise<T>): Promise<T> {
  const pairs = [await ProgramPair.ofCheckout(lab)];
  try {
    if (original !== undefined) pairs.push(await ProgramPair.ofOriginal(lab, original));
    return await work(pairs.map(({ address }) => address));
  } finally {
    await Promise.all(pairs.map((pair) => pair.stop()));
  }
}

export const ghzCalls = group(['pacedUnitStatus', 'pacedStartService', 'pacedQueryList'], (bench) =>
  withPairs(bench, async (addresses) => {
    const measure = async (which: Call) =>
      beside(await alternately(3, addresses, (address) => runGhz({ ...which, address }, paced)), pacedTimes);
    return {
      pacedUnitStatus: await measure(unitStatus),
      pacedStartService: await measure(startService),
      pacedQueryList: await measure(queryList),
    };
  }),
);

/** Not of the original: it takes 2 s for each. */
export const ghzStarts = group(['pacedSecondInstance'], async ({ lab }) => {
  const machine = lab.machine('chrome-vm');
  const results = await alternately(3, [own], async (address) => {
    const result = await runGhz({ ...startApplication, address }, { ...paced, calls: 10 });
    await machine.systemctl('stop', 'clock@*.service');
    return result;
  });
  return { pacedSecondInstance: beside(results, pacedTimes) };
});

export const ghzLoads = group(['ghzQueryList', 'ghzUnitStatus'], (bench) =>
  withPairs(bench, async (addresses) => {
    const measure = async (which: Call, calls: number) =>
      beside(await alternately(3, addresses, (address) => runGhz({ ...which, address }, { callers: 32, calls })), rate);
    // Those of a program that has been running for a while.
    const address = addresses[0]!;
    await runGhz({ ...queryList, address }, { callers: 32, calls: 10_000 });
    await runGhz({ ...unitStatus, address }, { callers: 32, calls: 3_000 });
    return { ghzQueryList: await measure(queryList, 20_000), ghzUnitStatus: await measure(unitStatus, 3_000) };
  }),
);

/** The first call of programs that have just started. */
export const ghzFirstCalls = group(['firstUnitStatus'], async ({ lab, original }) => {
  const firstCall = async (pair: ProgramPair) =>
    runGhz({ ...unitStatus, address: pair.address }, { callers: 1, calls: 1 }).finally(() => pair.stop());
  const ours: GhzResult[] = [];
  const ofOriginal: GhzResult[] = [];
  for (let done = 0; done < 5; done++) {
    ours.push(await firstCall(await ProgramPair.ofCheckout(lab)));
    if (original !== undefined) ofOriginal.push(await firstCall(await ProgramPair.ofOriginal(lab, original)));
  }
  const first = (results: readonly GhzResult[]): Measurement => {
    const ms = medianOf(results, ({ durations }) => durations[0]!);
    return { text: `${duration(ms)} (median of ${results.length})`, values: { ms } };
  };
  return { firstUnitStatus: beside(original === undefined ? [ours] : [ours, ofOriginal], first) };
});
