// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';

/** The modules that the kernel needs until it has mounted the root of this machine. */
const bootModules = ['virtio_pci', '9pnet_virtio', '9p', 'overlay', 'virtio_rng'];
const applets = ['sh', 'mount', 'mkdir', 'insmod', 'switch_root', 'ip', 'ln', 'cat'];

const run = (program, args, options = {}) => execFileSync(program, args, { encoding: 'utf8', ...options });

/** The package of Debian's current kernel for this architecture. */
function kernelPackage() {
  const found = /Depends: (linux-image-\S+)/.exec(run('apt-cache', ['depends', 'linux-image-amd64']));
  if (!found) throw new Error('apt-cache knows no linux-image-amd64');
  return found[1];
}

/**
 * The first program in the initial root. It mounts the root of this machine read-only, with memory for everything that
 * is written.
 */
const init = (modules) => `#!/bin/sh
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for module in ${modules.join(' ')}; do insmod /modules/$module; done
mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=512000,cache=loose root /lower
mount -t tmpfs -o mode=0755 tmp /upper
mkdir /upper/files /upper/work
mount -t overlay -o lowerdir=/lower,upperdir=/upper/files,workdir=/upper/work overlay /root
for folder in dev proc sys; do mount --move /$folder /root/$folder; done
for folder in tmp run dev/shm dev/pts; do mkdir -p /root/$folder; done
mount -t tmpfs -o mode=1777 tmp /root/tmp
mount -t tmpfs run /root/run
mount -t tmpfs -o mode=1777 shm /root/dev/shm
mount -t devpts pts /root/dev/pts
mkdir -p /root/run/shared /root/lib/modules
mount -t 9p -o rw,trans=virtio,version=9p2000.L,msize=512000,cache=none shared /root/run/shared
ip link set lo up
exec switch_root /root /bin/sh /run/shared/start
`;

function writeInitrd(folder, unpacked, release) {
  const root = join(folder, 'initrd');
  rmSync(root, { recursive: true, force: true });
  for (const name of ['bin', 'proc', 'sys', 'dev', 'lower', 'upper', 'root', 'modules'])
    mkdirSync(join(root, name), { recursive: true });
  copyFileSync(join(unpacked, 'bin/busybox'), join(root, 'bin/busybox'));
  for (const applet of applets) symlinkSync('busybox', join(root, 'bin', applet));
  const files = bootModules.flatMap((module) =>
    run('modprobe', ['-d', unpacked, '-S', release, '--show-depends', module])
      .split('\n')
      .flatMap((line) => /^insmod (\S+)/.exec(line)?.[1] ?? []),
  );
  const modules = [...new Set(files)];
  for (const file of modules) copyFileSync(file, join(root, 'modules', basename(file)));
  writeFileSync(join(root, 'init'), init(modules.map((file) => basename(file))));
  chmodSync(join(root, 'init'), 0o755);
  const names = run('find', ['.'], { cwd: root });
  writeFileSync(
    join(folder, 'initrd.img'),
    execFileSync('cpio', ['-o', '-H', 'newc', '--quiet'], { cwd: root, input: names, maxBuffer: 256 * 1024 * 1024 }),
  );
  rmSync(root, { recursive: true });
}

/**
 * Makes Debian's kernel with its modules and an initial root, in a folder of its own below `cache`, which is kept.
 * Throws an error with the reason when they cannot be fetched.
 */
export function kernelImage(cache) {
  const name = kernelPackage();
  const release = name.slice('linux-image-'.length);
  const folder = join(cache, release);
  const image = {
    release,
    kernel: join(folder, 'vmlinuz'),
    initrd: join(folder, 'initrd.img'),
    modules: join(folder, 'modules'),
  };
  if (existsSync(folder)) return image;
  const making = join(cache, 'making');
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  run('apt-get', ['download', name, 'busybox-static'], { cwd: making, stdio: 'ignore' });
  const unpacked = join(making, 'unpacked');
  for (const file of readdirSync(making).filter((one) => one.endsWith('.deb'))) {
    run('dpkg-deb', ['-x', join(making, file), unpacked]);
    rmSync(join(making, file));
  }
  run('depmod', ['-b', unpacked, release]);
  writeInitrd(making, unpacked, release);
  renameSync(join(unpacked, 'boot', `vmlinuz-${release}`), join(making, 'vmlinuz'));
  renameSync(join(unpacked, 'lib/modules', release), join(making, 'modules'));
  rmSync(unpacked, { recursive: true });
  renameSync(making, folder);
  return image;
}
