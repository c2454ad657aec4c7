// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// node scripts/run-decorated.mjs FILE.ts: bundles a program that starts Nest modules itself, with the metadata of its
// decorators, which tsx leaves out, and runs it.
import { spawnSync } from 'node:child_process';
import { basename, resolve } from 'node:path';
import { build } from 'esbuild';
import { decoratorMetadata } from './decorator-metadata.mjs';

const root = new URL('..', import.meta.url).pathname;
const [, , program] = process.argv;
const outfile = `${root}dist/decorated/${basename(program, '.ts')}.mjs`;
await build({
  entryPoints: [resolve(program)],
  outfile,
  absWorkingDir: root,
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  logLevel: 'warning',
  plugins: [decoratorMetadata],
});
const { status } = spawnSync('setpriv', ['--pdeathsig', 'KILL', process.execPath, outfile], { stdio: 'inherit' });
process.exit(status ?? 1);
