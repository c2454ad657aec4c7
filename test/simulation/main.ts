// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Runs the admin and several agents in one process, on a virtual clock, with replaced transport, clock and systemd.
// Each seed gives another order of messages, timers, faults, restarts and sleeps, which is the same in each run.
import 'reflect-metadata';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { Random } from '../model/random.js';
import { campaign, type FoundViolation, type Share } from './campaign.js';
import { lineOf, type PlannedAction } from './plan/action.js';
import { faultKinds, planOf, type Plan } from './plan/generate.js';
import { shrink } from './plan/shrink.js';
import { run, type Outcome } from './run.js';
import { installClock } from './time/clock.js';

const usage = `usage: npm run simulate -- [--runs N] [--seed S] [--workers N] [--faults KIND,...] [--until-found]
       npm run simulate -- --seed S --only all|none|ID,... [--faults KIND,...] [--log]
       npm run simulate -- --planted [NAME,...]

  --runs N        how many seeds, 1000 unless said
  --seed S        the first of them, 1 unless said
  --workers N     how many runs at a time, as many as there are processors unless said
  --faults KIND   only these kinds of faults: ${Object.keys(faultKinds).join(', ')}
  --until-found   ends with the first seed that violates a rule, without shortening its plan
  --only ID       one run, with these actions of its plan
  --log           prints all that happens in it
  --planted NAME  puts the faults of scripts/planted-faults.mjs into the product, one at a time, and tries to find each
`;

/** The number of violations that are explained, each by the fewest actions that cause it. */
const mostExplained = 3;

const print = (text: string): void => void process.stdout.write(`${text}\n`);

type FaultKinds = readonly string[] | undefined;

const planOfSeed = (seed: number, faults: FaultKinds): Plan => planOf(Random.of(seed, 'plan'), faults);

/** Performs the runs of a worker. The first seed runs twice, and must give the same events. */
async function work({ first, step, count, faults }: Share): Promise<void> {
  const report = (violation: FoundViolation): void => parentPort!.postMessage(violation);
  for (let made = 0; made < count; made++) {
    const seed = first + made * step;
    const { violation, hash } = await run(seed, planOfSeed(seed, faults));
    if (violation) report({ seed, ...violation });
    if (made > 0 || (await run(seed, planOfSeed(seed, faults))).hash === hash) continue;
    report({ seed, rule: 'a seed replays', text: 'its events differ in the second run' });
  }
}

function show(seed: number, plan: Plan, { violation, hash, endedAt }: Outcome): void {
  print(`seed ${seed}: ${violation ? `"${violation.rule}" is violated: ${violation.text}` : 'every rule holds'}`);
  print(`  after ${(endedAt / 1_000).toFixed(3)} s, event log ${hash}`);
  print(`  ${JSON.stringify(plan.settings)}`);
  for (const action of plan.actions) print(`  ${lineOf(action)}`);
}

/** Prints the violation with the fewest actions that still violate the same rule, and the command that replays them. */
async function explain(seed: number, faults: FaultKinds): Promise<void> {
  const plan = planOfSeed(seed, faults);
  let found = await run(seed, plan);
  const { violation } = found;
  const violates = async (actions: readonly PlannedAction[]): Promise<boolean> => {
    const outcome = await run(seed, { ...plan, actions });
    if (outcome.violation?.rule !== violation?.rule) return false;
    found = outcome;
    return true;
  };
  const actions = violation ? await shrink(plan.actions, violates) : plan.actions;
  show(seed, { ...plan, actions }, found);
  const only = actions.length === 0 ? 'none' : actions.map(({ id }) => id).join(',');
  const kinds = faults ? ` --faults ${faults.join(',')}` : '';
  print(`  npm run simulate -- --seed ${seed}${kinds} --only ${only} --log`);
}

/** Returns whether every rule holds. */
async function replay(seed: number, faults: FaultKinds, only: string, log: boolean): Promise<boolean> {
  const plan = planOfSeed(seed, faults);
  const ids = only.split(',').map(Number);
  const chosen = only === 'all' ? plan : { ...plan, actions: plan.actions.filter(({ id }) => ids.includes(id)) };
  const outcome = await run(seed, chosen);
  if (log) for (const line of outcome.lines) print(line);
  show(seed, chosen, outcome);
  return outcome.violation === undefined;
}

function fail(problem: string): never {
  process.stderr.write(`simulate: ${problem}\n${usage}`);
  process.exit(2);
}

const options = {
  runs: { type: 'string', default: '1000' },
  seed: { type: 'string', default: '1' },
  workers: { type: 'string', default: String(availableParallelism()) },
  faults: { type: 'string' },
  only: { type: 'string' },
  log: { type: 'boolean', default: false },
  'until-found': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

function optionsOf(args: string[]) {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    return fail((error as Error).message);
  }
}

async function main(): Promise<boolean> {
  const values = optionsOf(process.argv.slice(2));
  if (values.help) return process.stdout.write(usage);
  const [runs, seed, workers] = (['runs', 'seed', 'workers'] as const).map((name) => {
    const number = Number(values[name]);
    if (Number.isSafeInteger(number) && number > 0) return number;
    return fail(`invalid --${name} "${values[name]}": expected 1 or more`);
  }) as [number, number, number];
  const faults = values.faults?.split(',');
  const unknown = faults?.find((kind) => !(kind in faultKinds));
  if (unknown !== undefined) fail(`invalid --faults "${unknown}": expected ${Object.keys(faultKinds).join(', ')}`);
  if (values.only !== undefined) return replay(seed, faults, values.only, values.log);
  const started = performance.now();
  const violations = await campaign(new URL(import.meta.url), {
    ...{ firstSeed: seed, runs, faults, untilFound: values['until-found'] },
    onViolation: (violation) => print(`seed ${violation.seed}: ${violation.rule}: ${violation.text.split('\n')[0]}`),
    workers: Math.min(workers, runs),
  });
  const seconds = (performance.now() - started) / 1_000;
  const explained = values['until-found'] ? [] : violations.slice(0, mostExplained);
  for (const violation of explained) await explain(violation.seed, faults);
  const outcome = violations.length === 0 ? 'every rule holds' : `${violations.length} violate a rule`;
  print(`simulation: ${runs} runs from seed ${seed} in ${seconds.toFixed(1)} s: ${outcome}`);
  return violations.length === 0;
}

installClock();
// `process.exit` would drop output that a slow reader has not read.
if (isMainThread) process.exitCode = (await main()) ? 0 : 1;
else await work(workerData as Share);
