// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * Makes sure that Debian packages are installed. Each is given with files of which any one proves that it is there,
 * because asking dpkg would take longer. Prints nothing when all are there, and installs missing ones when it may
 * (root, apt-get). Returns the names of those that are still missing, in one line.
 */
export function installPackages(packages) {
  const isMissing = ([, files]) => !files.some((file) => existsSync(file));
  const missing = Object.entries(packages)
    .filter(isMissing)
    .map(([name]) => name);
  if (missing.length === 0) return undefined;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return `Missing system packages: install ${missing.join(' ')} (Debian: apt-get install ...)`;
  process.stderr.write(`Installing ${missing.join(' ')}\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) =>
    spawnSync('apt-get', ['--quiet', '--yes', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const install = () => apt('install', '--no-install-recommends', ...missing).status === 0;
  // The lists of packages may be absent or too old; then they are fetched once.
  const done = install() || (apt('update').status === 0 && install());
  return done ? undefined : `These system packages could not be installed: ${missing.join(' ')}`;
}
