// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Runs the targets of npm run fuzz, one after another, in a process that scripts/fuzz.mjs starts and watches.
import { parseArgs } from 'node:util';
import { fuzz, fuzzGrowth, type Failure } from './engine/fuzz.js';
import type { Target } from './engine/target.js';
import { targets } from './targets.js';

const { values } = parseArgs({
  options: {
    list: { type: 'boolean' },
    targets: { type: 'string' },
    seed: { type: 'string' },
    runs: { type: 'string' },
    path: { type: 'string' },
    growth: { type: 'boolean' },
    milliseconds: { type: 'string' },
  },
});

const send = (message: object): void => void process.send?.(message);
const batchRuns = 200;

/** Runs batches, each with the next seed, until one fails, the time is over, or the number of runs is reached. */
async function fuzzFor(target: Target, first: number, runs: number, until: number): Promise<Failure | undefined> {
  for (let [seed, done] = [first, 0]; done < runs && Date.now() < until; seed++) {
    const count = Math.min(batchRuns, runs - done);
    send({ seed, runs: done });
    const failure = (await fuzz(target, { seed, runs: count })) ?? (await fuzzGrowth(target, seed));
    done += count;
    send({ runs: done });
    if (failure) return failure;
  }
  return undefined;
}

async function run(target: Target): Promise<Failure | undefined> {
  const seed = Number(values.seed);
  if (values.growth) return fuzzGrowth(target, seed);
  if (values.path !== undefined) return fuzz(target, { seed, runs: batchRuns, path: values.path });
  return fuzzFor(target, seed, Number(values.runs ?? Infinity), Date.now() + Number(values.milliseconds ?? Infinity));
}

if (values.list) send({ targets: targets.map(({ name, parses }) => ({ name, parses })) });
for (const name of values.targets?.split(',') ?? []) {
  const target = targets.find((one) => one.name === name);
  if (!target) throw new Error(`target ${name} is unknown`);
  send({ target: name });
  send({ ended: true, failure: await run(target) });
}
process.disconnect?.();
