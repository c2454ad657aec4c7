// The callers of load.ts: load-main.ts LOAD prints a LoadResult as JSON.
import { now } from './clock.js';
import { connectAdmin } from './connect.js';
import { loads, type LoadName, type LoadResult } from './load.js';
import { percentile } from './measurement.js';

const callers = 32;
const warmUpMs = 1_500;
const measuredMs = 4_000;

const name = loads.find((known) => known === process.argv[2]);
if (name === undefined) throw new Error(`usage: load-main ${loads.join('|')}`);
const admin = connectAdmin();
const calls: Readonly<Record<LoadName, () => Promise<unknown>>> = {
  queryList: () => admin.queryList(),
  unitStatus: () => admin.getUnitStatus({ VmName: 'net-vm', UnitName: 'web.service' }),
};
const call = calls[name];

/** Every caller calls for that long; returns how long each call took. */
async function callFor(ms: number): Promise<number[]> {
  const taken: number[] = [];
  const end = now() + ms;
  const caller = async (): Promise<void> => {
    for (let started = now(); started < end;) {
      await call();
      const ended = now();
      taken.push(ended - started);
      started = ended;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return taken;
}

await callFor(warmUpMs);
const started = now();
const taken = await callFor(measuredMs);
const result: LoadResult = {
  perSecond: (taken.length / (now() - started)) * 1000,
  p50: percentile(taken, 0.5),
  p99: percentile(taken, 0.99),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
admin.close();
