// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Checks that each Nix file parses (nix-instantiate of Debian's nix-bin, which CI installs where it may), is formatted
// (nixfmt) and has no dead code (deadnix). A missing program is named, and its check is skipped.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const root = new URL('..', import.meta.url).pathname;
const files = ['nix', 'test/nix']
  .flatMap((folder) => readdirSync(`${root}${folder}`, { recursive: true }).map((name) => `${folder}/${name}`))
  .filter((name) => name.endsWith('.nix'))
  .concat('flake.nix');

const run = (program, ...args) =>
  spawnSync(program, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NO_COLOR: '1' },
  });
const isMissing = (program) => run(program, '--version').error?.code === 'ENOENT';

if (isMissing('nix-instantiate') && process.env.CI === 'true' && process.getuid() === 0) {
  process.stderr.write('Installing nix-bin\n');
  const apt = (...args) =>
    spawnSync('apt-get', ['--quiet', '--yes', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  const install = () => apt('install', '--no-install-recommends', 'nix-bin').status === 0;
  if (!install() && apt('update').status === 0) install();
}

const checks = [
  ['nix-instantiate', 'do not parse', '--parse', ...files],
  ['nixfmt', 'are not formatted', '--check', ...files],
  ['deadnix', 'have dead code', '--fail', ...files],
];
for (const [program, mistake, ...args] of checks)
  if (isMissing(program)) process.stderr.write(`SKIPPED: whether Nix files ${mistake}: there is no ${program}\n`);
  else if (run(program, ...args).status !== 0) {
    process.stderr.write(`Nix files ${mistake} (${program}): see above\n`);
    process.exitCode = 1;
  }
