// npm run simulate -- [--runs N] [--seed S] [--workers N] [--show]
// The admin and several agents in one process, on a virtual clock, where only transport, clock and systemd are replaced: each
// seed is another order of messages, timers, losses, restarts and sleeps, and the same one each time it is run.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { transformSync } from '@swc/core';
import { build } from 'esbuild';
import { rooms } from './rooms.mjs';

const usage = 'usage: npm run simulate -- [--runs N] [--seed S] [--workers N] [--show]\n';

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        runs: { type: 'string', default: '1000' },
        seed: { type: 'string', default: '1' },
        workers: { type: 'string', default: '2' },
        show: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(`${usage}
  --runs N     how many seeds, 1000 unless said
  --seed S     the first of them, 1 unless said
  --workers N  processes at the same time, 2 unless said
  --show       print the plan and the events of each run, which is meant for --runs 1
`);
      process.exit(0);
    }
    const numbers = ['runs', 'seed', 'workers'].map((name) => {
      const number = Number(values[name]);
      if (!Number.isSafeInteger(number) || number < 1)
        throw new Error(`invalid --${name} "${values[name]}": expected 1 or more`);
      return number;
    });
    return { numbers, show: values.show };
  } catch (error) {
    process.stderr.write(`simulate: ${error.message}\n${usage}`);
    process.exit(2);
  }
}

const {
  numbers: [runs, seed, workers],
  show,
} = readOptions();
const path = (name) => new URL(`../${name}`, import.meta.url).pathname;
// Decorators have metadata, which esbuild does not make.
const swc = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};
await build({
  entryPoints: [path('test/simulation/main.ts')],
  outfile: path('dist/simulation/main.mjs'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  alias: Object.fromEntries(rooms.map((room) => [`@givc/${room}`, path(`libs/${room}/src/index.ts`)])),
  sourcemap: true,
  logLevel: 'warning',
  plugins: [
    {
      name: 'metadata',
      setup(bundle) {
        bundle.onLoad({ filter: /\.ts$/ }, ({ path: file }) => ({
          contents: transformSync(readFileSync(file, 'utf8'), { ...swc, filename: file }).code,
          loader: 'js',
        }));
      },
    },
  ],
});

/** Runs a part of the seeds in a process of its own, which ends with this one; resolves with whether all are right. */
async function runPart(from, count) {
  const args = ['--pdeathsig', 'KILL', process.execPath, '--enable-source-maps', path('dist/simulation/main.mjs')];
  const worker = spawn('setpriv', [...args, String(from), String(count), ...(show ? ['show'] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [status]] = await Promise.all([text(worker.stdout), once(worker, 'exit')]);
  process.stdout.write(output);
  return status === 0;
}

const parts = Math.min(workers, runs);
const size = Math.ceil(runs / parts);
const outcomes = await Promise.all(
  Array.from({ length: parts }, (_, part) => runPart(seed + part * size, Math.min(size, runs - part * size))),
);
const isRight = outcomes.every(Boolean);
process.stdout.write(
  `simulation: ${runs} runs from seed ${seed}: ${isRight ? 'every rule holds' : 'rules are broken'}\n`,
);
process.exit(isRight ? 0 : 1);
