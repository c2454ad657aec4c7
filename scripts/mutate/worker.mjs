// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Runs specs in this process, repeatedly, with one mutant active at a time: modules are loaded once. It receives { id,
// mutant, hitLimit, steps: [{ spec, file, tests, limits }] }, and answers { id, status, ... }.
import { circus, load, resetMocks, resetModules } from './jest-globals.mjs';

const mutation = (globalThis.__stryker__ = { mutantCoverage: { static: {}, perTest: {} } });
// The process's own functions, which tests replace by theirs.
const { setInterval, performance } = globalThis;
const utilization = performance.eventLoopUtilization.bind(performance);
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};
const now = () => ({ idle: utilization().idle, cpu: cpuMs() });
const unlimited = { idle: 600_000, cpu: 600_000 };
const testTimeoutMs = 3_600_000;

let job, started, limits, current;
/**
 * Code that runs outside a test is attributed to its phase: `load`, or `hook` for code that runs once for several
 * tests.
 */
function enter(name, { idle, cpu } = unlimited) {
  current = name;
  started = now();
  limits = { idle, cpu };
  mutation.currentTestId = name;
}
function answer(result, sent) {
  process.send({ id: job.id, ...result }, sent);
  job = undefined;
}
// Waiting is measured as the idle time of the event loop, so that a busy machine does not make it longer.
let silentFor = 0;
setInterval(() => {
  if (job === undefined) return;
  if (++silentFor % 50 === 0) process.send('alive');
  const { idle, cpu } = now();
  if (idle - started.idle <= limits.idle && cpu - started.cpu <= limits.cpu) return;
  answer({ status: 'timeout', spec: job.spec, test: current }, () => process.exit());
}, 100).unref();

let stray = [];
for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, (error) => stray.push(error));

const testsOf = (block, path = []) =>
  block.children.flatMap((child) =>
    child.type === 'test' ? [[child, [...path, child.name].join(' › ')]] : testsOf(child, [...path, child.name]),
  );
/** Every test of a spec with a unique name, and how it was declared. */
const named = new Map();
function tests(spec, state) {
  if (!named.has(spec)) {
    const seen = new Map();
    const list = testsOf(state.rootDescribeBlock).map(([test, name]) => {
      seen.set(name, (seen.get(name) ?? 0) + 1);
      test.timeout = testTimeoutMs;
      return { test, name: seen.get(name) > 1 ? `${name} #${seen.get(name)}` : name, mode: test.mode };
    });
    named.set(spec, list);
  }
  return named.get(spec);
}
/** Skips blocks without a chosen test, together with their hooks. */
function choose(block) {
  let isChosen = false;
  for (const child of block.children) {
    if (child.type === 'describeBlock' ? choose(child) : child.mode !== 'skip') isChosen = true;
  }
  for (const hook of block.hooks) hook.timeout = testTimeoutMs;
  block.mode = isChosen ? undefined : 'skip';
  return isChosen;
}

async function runSpec({ spec, file, tests: chosen, limits: limitOf = {} }) {
  job.spec = spec;
  enter('load', { idle: 30_000, cpu: 60_000 });
  const state = load(file);
  const all = tests(spec, state);
  const nameOf = new Map(all.map(({ test, name }) => [test, name]));
  for (const { test, name, mode } of all) {
    test.mode = chosen === undefined || chosen.includes(name) ? mode : 'skip';
    test.errors = [];
  }
  choose(state.rootDescribeBlock);
  state.unhandledErrors = [];
  state.hasFocusedTests = false;
  stray = [];
  const results = [];
  let failed;
  const listener = (event) => {
    if (event.name === 'test_started') enter(nameOf.get(event.test), limitOf[nameOf.get(event.test)] ?? job.limits);
    if (event.name !== 'test_done') return;
    const name = nameOf.get(event.test);
    const { idle, cpu } = now();
    const isRight = event.test.errors.length === 0 && stray.length === 0;
    const error = isRight ? undefined : String([event.test.errors, stray].flat(3)[0]?.message ?? event.test.errors[0]);
    results.push({ name, isRight, error, idle: idle - started.idle, cpu: cpu - started.cpu });
    enter('hook', job.limits);
    if (isRight || job.coverage) return;
    failed ??= name;
    for (const { test } of all) if (test !== event.test) test.mode = 'skip';
  };
  circus.addEventHandler(listener);
  enter('hook', job.limits);
  try {
    circus.setState(state);
    await circus.run();
  } finally {
    circus.removeEventHandler(listener);
    resetMocks();
  }
  if (failed === undefined && (state.unhandledErrors.length > 0 || stray.length > 0)) failed = 'hook';
  return { results, failed };
}

const activate = (mutant, hitLimit) => Object.assign(mutation, { activeMutant: mutant, hitCount: 0, hitLimit });

/** Whether the process can continue with other mutants. */
async function passesWithoutMutant(step, failed) {
  activate(undefined);
  if (job.isStatic) reset();
  const { failed: again } = await runSpec({ ...step, tests: failed === 'hook' ? step.tests : [failed] });
  return again === undefined;
}

function reset() {
  named.clear();
  resetModules();
}

async function run() {
  const { mutant, hitLimit = Infinity, steps, coverage } = job;
  if (coverage) {
    mutation.mutantCoverage.perTest = {};
    const { results } = await runSpec(steps[0]);
    return { status: 'passed', results, hits: mutation.mutantCoverage.perTest };
  }
  for (const step of steps) {
    activate(mutant, hitLimit);
    let outcome;
    try {
      outcome = await runSpec(step);
    } catch (error) {
      return { status: 'killed', spec: step.spec, test: 'load', error: String(error), isClean: false };
    }
    const { failed, results } = outcome;
    if (failed === undefined) continue;
    const isEndless = mutation.hitCount > mutation.hitLimit;
    const error = results.find(({ isRight }) => !isRight)?.error;
    const isClean = await passesWithoutMutant(step, failed);
    return { status: isEndless ? 'timeout' : 'killed', spec: step.spec, test: failed, error, isClean };
  }
  return { status: 'survived', isClean: true };
}

process.on('message', async (message) => {
  job = { limits: unlimited, ...message };
  // Code that a module runs while it is loaded runs again with the mutant, and later again without it.
  if (job.isStatic) reset();
  const result = await run();
  if (job.isStatic) reset();
  answer(result);
});
process.on('disconnect', () => process.exit());
process.send('ready');
