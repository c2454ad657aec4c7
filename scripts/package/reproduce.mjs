// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// npm run package:reproduce -- [OPTION OF npm run package]...: packs the checked-out commit twice, from two clones in
// different folders, at different times, with different homes, umasks, languages and timezones, and compares the bytes.
// If they differ, it names the differences and exits with status 1.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { path } from './release.mjs';

const surroundings = [
  { folder: 'one', umask: '022', LANG: 'C', TZ: 'UTC' },
  { folder: 'another/folder-with-a-longer-name', umask: '077', LANG: 'C.UTF-8', TZ: 'Pacific/Auckland' },
];
// What is checked out may change meanwhile.
const commit = execFileSync('git', ['-C', path(''), 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
const say = (line) => process.stderr.write(`${line}\n`);

/** The checksums by the names of the files. */
function packed(work, { folder, umask, ...variables }, options) {
  const [clone, HOME, into] = ['clone', 'home', 'packages'].map((name) => join(work, folder, name));
  mkdirSync(HOME, { recursive: true });
  // Both use one cache of npm, so that the second clone needs nothing from the registry.
  const env = { ...process.env, ...variables, HOME, npm_config_cache: join(work, 'npm') };
  delete env.SOURCE_DATE_EPOCH;
  const run = (program, ...args) =>
    execFileSync('sh', ['-c', `umask ${umask} && exec "$0" "$@"`, program, ...args], {
      ...{ cwd: clone, env, stdio: ['ignore', 'ignore', 'inherit'] },
    });
  execFileSync('git', ['clone', '--quiet', path(''), clone], { env });
  execFileSync('git', ['-C', clone, 'checkout', '--quiet', '--detach', commit], { env });
  say(`Packing in ${clone} ...`);
  run('npm', 'ci', '--silent', '--no-audit', '--no-fund');
  run('npm', 'run', '--silent', 'package', '--', '--into', into, ...options);
  const lines = readFileSync(join(into, 'SHA256SUMS'), 'utf8').trim().split('\n');
  rmSync(join(work, folder), { recursive: true });
  return new Map(lines.map((line) => line.split('  ').reverse()));
}

const work = mkdtempSync(join(tmpdir(), 'givc-reproduce-'));
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
const [one, other] = surroundings.map((each) => packed(work, each, process.argv.slice(2)));
for (const name of new Set([...one.keys(), ...other.keys()])) {
  const isSame = one.get(name) === other.get(name);
  if (!isSame) process.exitCode = 1;
  process.stdout.write(`${isSame ? 'same' : 'DIFFERS'}  ${one.get(name) ?? 'missing'}  ${name}\n`);
}
