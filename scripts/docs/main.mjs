// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Builds the documentation as a site in dist/docs: writes its pages, lets Astro build them on the Node of the packages,
// which is the one that Astro needs, and adds the reference of the libraries. Part of npm run docs. Apart from npm's
// registry it needs no network.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { installNode } from '../package/node.mjs';
import { path } from '../package/release.mjs';
import { siteProblems } from './site-links.js';

const env = {
  ...process.env,
  PATH: `${installNode(process.arch).node}/bin:${process.env.PATH}`,
  ASTRO_TELEMETRY_DISABLED: '1',
};
const run = (program, args, cwd = '') => {
  // What a tool prints is shown when it fails.
  try {
    execFileSync(program, args, { cwd: path(cwd), env, stdio: 'pipe', maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    process.stderr.write(`${error.stdout ?? ''}${error.stderr ?? ''}`);
    throw new Error(`${program} ${args.join(' ')} has failed`, { cause: error });
  }
};

const lock = readFileSync(path('site/package-lock.json'), 'utf8');
const stamp = path('site/node_modules/.installed-lock.json');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  process.stderr.write('Installing the packages of the site ...\n');
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], 'site');
  writeFileSync(stamp, lock);
}
process.stderr.write('Building the site ...\n');
execFileSync(process.execPath, [path('scripts/run-decorated.mjs'), path('scripts/docs/write-pages.ts')], {
  cwd: path(''),
  stdio: 'inherit',
});
run('node', ['node_modules/astro/bin/astro.mjs', 'build'], 'site');
const typedoc = path('node_modules/typedoc/bin/typedoc');
execFileSync(process.execPath, [typedoc, '--logLevel', 'Warn'], { cwd: path(''), stdio: 'inherit' });
const problems = siteProblems(path('dist/docs'));
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exit(1);
process.stderr.write(`The site is in dist/docs: ${path('dist/docs/index.html')}\n`);
