// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Makes sure that the Debian packages that the lab needs are installed: prints nothing when all are there, installs
// missing ones when it may (root, apt-get), else names them in one line and fails.
import { installPackages } from './debian-packages.mjs';

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
  binutils: ['/usr/bin/strip'],
  // For the other architecture for which packages are made.
  ...(process.arch === 'x64'
    ? { 'binutils-aarch64-linux-gnu': ['/usr/bin/aarch64-linux-gnu-strip'] }
    : { 'binutils-x86-64-linux-gnu': ['/usr/bin/x86_64-linux-gnu-strip'] }),
  'groff-base': ['/usr/bin/groff'],
  'util-linux': ['/usr/bin/unshare'],
  'xdg-dbus-proxy': ['/usr/bin/xdg-dbus-proxy'],
  'libglib2.0-bin': ['/usr/bin/gdbus'],
};

const problem = installPackages(packages);
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}
