// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// npm run fuzz: gives each parser of test/fuzz random input, one after another, in a separate process. A parser that
// never returns or uses all memory is found as well, and the next process continues with the other parsers.
import { spawn } from 'node:child_process';
import { clearTimeout, setTimeout } from 'node:timers';
import { parseArgs } from 'node:util';

const usage = `usage: npm run fuzz -- [--minutes N] [--target NAME]... [--seed S] [--runs N]
       npm run fuzz -- --target NAME --seed S [--path PATH | --growth]
       npm run fuzz -- --list

  --minutes N    how long in all (default 60); shared equally by all targets
  --target NAME  only this one; may be given several times
  --seed S       of the first batch of 200 runs, the next batch has the next one (default random)
  --runs N       how many runs of each target, instead of a time
  --path PATH    one run of that seed, as a failure prints it
  --growth       the long input of that seed alone
  --list         prints the targets and what they parse
`;

/** A batch takes about a second; one that takes longer than this counts as hanging. */
const silenceMs = 120_000;

function fail(problem) {
  process.stderr.write(`fuzz: ${problem}\n${usage}`);
  process.exit(2);
}

function readArgs() {
  const text = { type: 'string' };
  const flag = { type: 'boolean' };
  const options = { minutes: text, target: { ...text, multiple: true }, seed: text, runs: text, path: text };
  try {
    return parseArgs({ options: { ...options, growth: flag, list: flag, help: flag } }).values;
  } catch (error) {
    return fail(error.message);
  }
}

function numberOf(flag, value, pattern = /^\d{1,9}$/) {
  if (value !== undefined && !pattern.test(value)) fail(`--${flag}: invalid number ${JSON.stringify(value)}`);
  return value === undefined ? undefined : Number(value);
}

/** Starts test/fuzz/main.ts and passes on its messages; resolves with the reason if it fails. */
function start(args, heed) {
  const program = ['--import', 'tsx', '--max-old-space-size=1024', 'test/fuzz/main.ts', ...args];
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, ...program], {
    cwd: new URL('..', import.meta.url),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return new Promise((resolve) => {
    let isSilent = false;
    let timer;
    const expect = () => {
      clearTimeout(timer);
      timer = setTimeout(() => (isSilent = child.kill('SIGKILL')), silenceMs);
    };
    expect();
    child.on('message', (message) => {
      expect();
      heed(message);
    });
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      if (isSilent) resolve(`it has not come back for ${silenceMs / 1_000} s`);
      else resolve(status === 0 ? undefined : `the process ended with ${signal ?? status}`);
    });
  });
}

const args = readArgs();
if (args.help) {
  process.stdout.write(usage);
  process.exit(0);
}
const minutes = numberOf('minutes', args.minutes, /^\d{1,5}(\.\d+)?$/) ?? 60;
const runs = numberOf('runs', args.runs);
const firstSeed = numberOf('seed', args.seed) ?? Math.floor(Math.random() * 1_000_000_000);
let all = [];
const problem = await start(['--list'], (message) => (all = message.targets));
if (all.length === 0) {
  process.stderr.write(`fuzz: the targets cannot be listed: ${problem}\n`);
  process.exit(1);
}
if (args.list) {
  for (const { name, parses } of all) process.stdout.write(`${name.padEnd(26)}${parses}\n`);
  process.exit(0);
}
const unknown = (args.target ?? []).find((wanted) => !all.some(({ name }) => name === wanted));
if (unknown !== undefined) fail(`target ${JSON.stringify(unknown)} is unknown: --list prints all`);
const targets = all.filter(({ name }) => !args.target || args.target.includes(name));
if ((args.path !== undefined || args.growth) && (targets.length !== 1 || args.seed === undefined))
  fail('--path and --growth are of one --target and its --seed');

const milliseconds = Math.ceil((minutes * 60_000) / targets.length);
const how = ['--seed', String(firstSeed)];
if (args.path !== undefined) how.push('--path', args.path);
else if (args.growth) how.push('--growth');
else how.push(...(runs === undefined ? ['--milliseconds', String(milliseconds)] : ['--runs', String(runs)]));

let failures = 0;
function report(name, { began, runs: done = 0, failure }) {
  const seconds = ((Date.now() - began) / 1_000).toFixed(1);
  const outcome = failure ? 'FAILED' : 'ok';
  process.stdout.write(`${name.padEnd(26)}${String(done).padStart(9)} runs ${seconds.padStart(7)} s  ${outcome}\n`);
  if (!failure) return;
  failures++;
  process.stdout.write(`  ${failure.problem.replaceAll('\n', '\n  ')}\n`);
  if (failure.input !== undefined) process.stdout.write(`  with ${failure.input.replaceAll('\n', '\n  ')}\n`);
  process.stdout.write(`  npm run fuzz -- ${failure.replay}\n`);
}

const waiting = targets.map(({ name }) => name);
while (waiting.length > 0) {
  let now = { began: Date.now() };
  const ended = await start(['--targets', waiting.join(','), ...how], (message) => {
    now = message.target ? { began: Date.now() } : { ...now, ...message };
    if (message.ended) report(waiting.shift(), now);
  });
  if (ended === undefined) continue;
  const name = waiting.shift();
  const replay = `--target ${name} --seed ${now.seed ?? firstSeed} --runs 200`;
  report(name, { ...now, failure: { problem: ended, replay } });
}
const summary = `${targets.length - failures} of ${targets.length} targets are right`;
process.stdout.write(`${summary}; the first seed was ${firstSeed}\n`);
process.exit(failures === 0 ? 0 : 1);
