// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Makes sure that the tests of docs/monitoring find promtool and prometheus: prints nothing when they are there, else
// unpacks Debian's package into dist/prometheus. It is not installed, because it would begin to serve. Where there is
// no apt-get those tests are skipped, and say so.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../dist/prometheus', import.meta.url));
const run = (program, ...args) =>
  spawnSync(program, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;

function unpack() {
  process.stderr.write('Unpacking prometheus\n');
  mkdirSync(folder, { recursive: true });
  const download = () => run('apt-get', '--quiet', 'download', 'prometheus');
  if (!download() && !(run('apt-get', '--quiet', 'update') && download())) return;
  const file = readdirSync(folder).find((name) => name.endsWith('.deb'));
  if (file) run('dpkg-deb', '--extract', join(folder, file), folder);
}

const isInstalled = ['/usr/bin/promtool', join(folder, 'usr/bin/promtool')].some((file) => existsSync(file));
if (!isInstalled && existsSync('/usr/bin/apt-get')) unpack();
