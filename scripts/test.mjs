// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// npm test: runs everything that can be tested on this machine, and prints a last line with the counts: "N passed, N
// failed". The lab runs on machines of its own, so it needs root. Where it cannot run, it is skipped with a message, or
// fails if CI=true.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import './no-color.mjs';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';

const root = new URL('..', import.meta.url);
const path = (name) => new URL(name, root).pathname;
// The processes that it starts end with this program, however it ends.
const boundToParent = (args) => ['--pdeathsig', 'KILL', process.execPath, ...args];
const run = (...args) => spawnSync('setpriv', boundToParent(args), { cwd: root, stdio: 'inherit' }).status === 0;
const start = async (args, stdio) => {
  const [status] = await once(spawn('setpriv', boundToParent(args), { cwd: root, stdio }), 'exit');
  return status === 0;
};
/**
 * As `run`, in parallel with others: the output goes to a log of that name and is printed when the program has ended.
 */
async function runInParallel(name, ...args) {
  const log = `${reports}/${name}.log`;
  const output = openSync(log, 'w');
  const isSuccessful = await start(args, ['ignore', output, output]);
  closeSync(output);
  process.stdout.write(readFileSync(log));
  return isSuccessful;
}
const reports = path('dist/test');
const reportOf = (name) => `${reports}/${name}.json`;
const jest = (name, ...args) => [
  ...[path('node_modules/jest/bin/jest.js'), '--selectProjects', ...args],
  ...['--json', `--outputFile=${reportOf(name)}`],
];

const sum = { passed: 0, failed: 0 };
async function count(name, running) {
  const isSuccessful = await running;
  const report = reportOf(name);
  if (!existsSync(report)) {
    if (!isSuccessful) sum.failed++;
    return;
  }
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
  sum.passed += numPassedTests;
  // A suite that could not even start has failed, too, and so has a run with a bad exit status but no failed test.
  sum.failed += numFailedTests + numRuntimeErrorTestSuites;
  if (!isSuccessful && numFailedTests + numRuntimeErrorTestSuites === 0) sum.failed++;
}

const inProcess = async () => {
  const name = 'in-process';
  await count(name, start(jest(name, 'unit', 'e2e', '--maxWorkers=100%'), 'inherit'));
  // Two more tests: runs of the simulation, always with the same seeds, and the packages with their types and examples.
  if (await runInParallel('simulation', path('scripts/simulate.mjs'), '--runs', '1000')) sum.passed++;
  else sum.failed++;
  if (await runInParallel('packages', path('scripts/packages.mjs'))) sum.passed++;
  else sum.failed++;
};
/** A lab that ends with its last test, even when a failed test has left something open. */
const lab = (name, args, variables = []) =>
  count(
    name,
    runInParallel(
      name,
      ...['--import', 'tsx', path('test/lab/within.ts'), 'env', ...variables, process.execPath],
      ...jest(name, 'lab', '--runInBand', '--forceExit', ...args),
    ),
  );

const isReady = run(path('scripts/system-packages.mjs')) || process.env.CI !== 'true';
run(path('scripts/prometheus.mjs'));
if (isReady && run(path('scripts/build.mjs')) && run(path('scripts/package/fetch-node.mjs'))) {
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  process.stdout.write(
    `Labs run in parallel with the tests in process. Each is printed when it has ended; until then see ${reports}/*.log\n`,
  );
  // One lab injects faults, which is mostly waiting, installs packages, and then runs the machines of Ghaf. The other
  // runs all other tests. Both take about the same time.
  const faultsAndPackages = 'test/lab/(faults-|vms|power|socket-proxy|survival|wifi|hardening|package|upgrade)';
  const ghaf = 'test/lab/ghaf';
  await Promise.all([
    inProcess(),
    lab('lab-faults', ['--testPathPatterns', faultsAndPackages]).then(() =>
      lab('lab-ghaf', ['--testPathPatterns', ghaf], ['GIVC_LAB=ghaf']),
    ),
    lab('lab', ['--testPathIgnorePatterns', faultsAndPackages, ghaf]),
  ]);
} else {
  sum.failed++;
}
process.stdout.write(`\n${sum.passed} passed, ${sum.failed} failed\n`);
process.exit(sum.failed === 0 ? 0 : 1);
