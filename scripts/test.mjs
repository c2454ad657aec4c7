// npm test: everything that can be tested here, and at the end one line that counts: "N passed, N failed".
// The lab runs on machines of its own, so it needs root; where it cannot run that is said, and fails when CI=true.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';

const root = new URL('..', import.meta.url);
const path = (name) => new URL(name, root).pathname;
// Whatever ends this program ends what it has started.
const dying = (args) => ['--pdeathsig', 'KILL', process.execPath, ...args];
const run = (...args) => spawnSync('setpriv', dying(args), { cwd: root, stdio: 'inherit' }).status === 0;
/** As `run`, beside others: what it says waits in a file, and is shown when the returned function is called. */
function runBeside(log, ...args) {
  const output = openSync(log, 'w');
  const ended = once(spawn('setpriv', dying(args), { cwd: root, stdio: ['ignore', output, output] }), 'exit');
  closeSync(output);
  return async () => {
    const [status] = await ended;
    process.stdout.write(readFileSync(log));
    return status === 0;
  };
}
const jest = (report, ...args) => [path('node_modules/jest/bin/jest.js'), ...args, '--json', `--outputFile=${report}`];
const reports = path('dist/test');

const sum = { passed: 0, failed: 0 };
function count(report, isRight) {
  if (!existsSync(report)) {
    if (!isRight) sum.failed++;
    return;
  }
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
  sum.passed += numPassedTests;
  // A suite that could not even start has failed, too, and so has a run that ends badly without a failed test.
  sum.failed += numFailedTests + numRuntimeErrorTestSuites;
  if (!isRight && numFailedTests + numRuntimeErrorTestSuites === 0) sum.failed++;
}

const isReady = run(path('scripts/system-packages.mjs')) || process.env.CI !== 'true';
if (isReady && run(path('scripts/build.mjs'))) {
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  const inProcess = `${reports}/in-process.json`;
  count(inProcess, run(...jest(inProcess, '--selectProjects', 'unit', 'e2e', '--maxWorkers=100%')));
  // One test more: runs of the simulation, always the same ones.
  if (run(path('scripts/simulate.mjs'), '--runs', '400')) sum.passed++;
  else sum.failed++;
  // Two labs at once: in one machines are lost, which is much waiting; in the other they are kept busy.
  const losing = 'test/lab/(losses-|vms|power|socket-proxy)';
  const within = (report, ...args) => [
    ...['--import', 'tsx', path('test/lab/within.ts'), process.execPath],
    ...jest(report, '--selectProjects', 'lab', '--runInBand', ...args),
  ];
  const [busyLab, losingLab] = [`${reports}/lab.json`, `${reports}/lab-losses.json`];
  const losses = runBeside(`${reports}/lab-losses.log`, ...within(losingLab, '--testPathPatterns', losing));
  count(busyLab, run(...within(busyLab, '--testPathIgnorePatterns', losing)));
  count(losingLab, await losses());
} else {
  sum.failed++;
}
process.stdout.write(`\n${sum.passed} passed, ${sum.failed} failed\n`);
process.exit(sum.failed === 0 ? 0 : 1);
