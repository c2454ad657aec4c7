// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Sees to the Debian packages that the lab needs: silent when all are there, installs them when it may (root, apt-get),
// else names them in one line and fails.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

// A file of each package that is proof enough; asking dpkg would take longer.
const packages = {
  'systemd-container': ['/usr/bin/systemd-nspawn'],
  systemd: ['/usr/bin/systemctl', '/bin/systemctl'],
  dbus: ['/usr/bin/dbus-daemon'],
  'dbus-user-session': ['/usr/lib/systemd/user/dbus.socket'],
  'libpam-systemd': ['/usr/share/pam-configs/systemd'],
  iproute2: ['/usr/sbin/tc', '/sbin/tc'],
  e2fsprogs: ['/usr/sbin/mkfs.ext4', '/sbin/mkfs.ext4'],
  git: ['/usr/bin/git'],
  openssl: ['/usr/bin/openssl'],
  procps: ['/usr/bin/pgrep'],
  polkitd: ['/usr/lib/polkit-1/polkitd'],
  'python3-dbusmock': ['/usr/lib/python3/dist-packages/dbusmock/templates/networkmanager.py'],
  socat: ['/usr/bin/socat'],
  'util-linux': ['/usr/bin/unshare'],
  'xdg-dbus-proxy': ['/usr/bin/xdg-dbus-proxy'],
  'libglib2.0-bin': ['/usr/bin/gdbus'],
};

const missing = Object.entries(packages)
  .filter(([, files]) => !files.some((file) => existsSync(file)))
  .map(([name]) => name);

if (missing.length > 0) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    process.stderr.write(`Missing system packages: install ${missing.join(' ')} (Debian: apt-get install ...)\n`);
    process.exit(1);
  }
  process.stderr.write(`Installing ${missing.join(' ')}\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) =>
    spawnSync('apt-get', ['--quiet', '--yes', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const install = () => apt('install', '--no-install-recommends', ...missing).status === 0;
  // The lists of packages may be absent or too old; then they are fetched once.
  const done = install() || (apt('update').status === 0 && install());
  if (!done) {
    process.stderr.write(`These system packages could not be installed: ${missing.join(' ')}\n`);
    process.exit(1);
  }
}
