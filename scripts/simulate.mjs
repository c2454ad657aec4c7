// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// npm run simulate: bundles test/simulation with the metadata of its decorators, and runs it. With --planted it puts
// each fault of planted-faults.mjs into a separate bundle, one after another, and runs that bundle until the fault is
// found.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { transformSync } from '@swc/core';
import { build } from 'esbuild';
import { plantedFaults, withFault } from './planted-faults.mjs';
import { libraries } from './libraries.mjs';

const path = (name) => new URL(`../${name}`, import.meta.url).pathname;

const swc = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

/**
 * Bundles the simulation with the fault in the product, and returns the path. The file appears as a whole, because
 * other processes may run it.
 */
async function bundle(name, fault) {
  const metadata = {
    name: 'metadata',
    setup: (bundling) =>
      void bundling.onLoad({ filter: /\.ts$/ }, ({ path: file }) => ({
        contents: transformSync(withFault(fault, file, readFileSync(file, 'utf8')), { ...swc, filename: file }).code,
        loader: 'js',
      })),
  };
  const { outputFiles } = await build({
    entryPoints: [path('test/simulation/main.ts')],
    write: false,
    outfile: path(`dist/simulation/${name}.mjs`),
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    packages: 'external',
    alias: Object.fromEntries(libraries.map((name) => [`@givc/${name}`, path(`libs/${name}/src/index.ts`)])),
    sourcemap: 'inline',
    logLevel: 'warning',
    plugins: [metadata],
  });
  const [{ path: outfile, contents }] = outputFiles;
  mkdirSync(path('dist/simulation'), { recursive: true });
  writeFileSync(`${outfile}.${process.pid}`, contents);
  renameSync(`${outfile}.${process.pid}`, outfile);
  return outfile;
}

const run = (program, args, stdio) =>
  spawnSync('setpriv', ['--pdeathsig', 'KILL', process.execPath, '--enable-source-maps', program, ...args], {
    stdio: ['ignore', stdio, 'inherit'],
    encoding: 'utf8',
  });

/** The maximum number of runs that a fault may survive; most faults are found after a few. */
const mostRuns = 3_000;

/** The output of the first seed that violates a rule with the fault and none without it. */
function firstFinding(faulty, sound) {
  for (let seed = 1; seed <= mostRuns; seed++) {
    const runs = String(mostRuns - seed + 1);
    const { status, stdout } = run(faulty, ['--until-found', '--seed', String(seed), '--runs', runs], 'pipe');
    if (status === 0) return undefined;
    const found = /^seed (\d+): .*/m.exec(stdout);
    if (!found) throw new Error(`the simulation ended with ${status}: ${stdout}`);
    seed = Number(found[1]);
    if (run(sound, ['--seed', found[1], '--only', 'all'], 'ignore').status === 0) return found[0];
  }
  return undefined;
}

async function findPlanted(names) {
  const faults = plantedFaults.filter(({ name }) => names.length === 0 || names.includes(name));
  const began = performance.now();
  const sound = await bundle('main');
  let missed = 0;
  for (const fault of faults) {
    const started = performance.now();
    const finding = firstFinding(await bundle('planted', fault), sound);
    if (!finding) missed++;
    const seconds = ((performance.now() - started) / 1_000).toFixed(1).padStart(6);
    process.stdout.write(`${seconds} s  ${fault.name}: ${finding ?? `NOT FOUND in ${mostRuns} runs`}\n`);
  }
  const minutes = ((performance.now() - began) / 60_000).toFixed(1);
  process.stdout.write(
    `${faults.length - missed} of ${faults.length} planted faults are found, in ${minutes} minutes\n`,
  );
  return missed === 0 ? 0 : 1;
}

const args = process.argv.slice(2);
const at = args.indexOf('--planted');
const status =
  at >= 0
    ? await findPlanted((args[at + 1] ?? '').split(',').filter(Boolean))
    : run(await bundle('main'), args, 'inherit').status;
process.exit(status ?? 1);
