// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';

const quote = (word) => `'${word.replaceAll("'", "'\\''")}'`;

/** Runs in the virtual machine, as its first process. */
const start = ({ release, modules }, { folder, command, environment, load }) => `
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
${Object.entries(environment)
  .map(([name, value]) => `export ${name}=${quote(value)}`)
  .join('\n')}
mkdir -p ${quote(folder)}
mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=512000,cache=loose folder ${quote(folder)}
ln -sfn ${quote(modules)} /lib/modules/${release}
modprobe -a ${load.join(' ')}
cd ${quote(folder)}
setsid ${command.map(quote).join(' ')} </dev/null
echo $? >/run/shared/status
sync
echo o >/proc/sysrq-trigger
# The first process of a machine must not end before that has.
exec sleep 60
`;

/**
 * Runs a command in a virtual machine with an emulated processor. The root of this machine and `folder` are read-only
 * in it; `folder` may lie where the virtual machine mounts a file system of its own. What the command writes is lost,
 * except below `/run/shared`, which is `shared` here. Resolves with the command's exit status, or with undefined when
 * the machine ended without one or was ended after `limitMs`. The machine ends with this process.
 */
export async function runInMachine(image, { shared, limitMs, onOutput, ...guest }) {
  mkdirSync(shared, { recursive: true });
  const status = join(shared, 'status');
  rmSync(status, { force: true });
  writeFileSync(join(shared, 'start'), start(image, guest));
  const share = (tag, path, more) => [
    ...['-fsdev', `local,id=${tag},path=${path},security_model=none${more}`],
    ...['-device', `virtio-9p-pci,fsdev=${tag},mount_tag=${tag}`],
  ];
  const qemu = spawn(
    'setpriv',
    [
      ...['--pdeathsig', 'KILL', 'qemu-system-x86_64'],
      ...['-accel', 'tcg,thread=multi,tb-size=512', '-cpu', 'max', '-M', 'q35', '-smp', '2', '-m', '2048'],
      ...['-nodefaults', '-no-user-config', '-display', 'none', '-monitor', 'none', '-serial', 'stdio', '-no-reboot'],
      ...['-kernel', image.kernel, '-initrd', image.initrd],
      ...[
        '-append',
        'console=ttyS0 quiet loglevel=1 panic=-1 mitigations=off clocksource=acpi_pm tsc=unstable no_timer_check rcupdate.rcu_expedited=1',
      ],
      ...['-device', 'virtio-rng-pci'],
      ...share('root', '/', ',readonly=on,multidevs=remap'),
      ...share('folder', guest.folder, ',readonly=on,multidevs=remap'),
      ...share('shared', shared, ''),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  qemu.stdout.on('data', (chunk) => onOutput(chunk));
  const limit = setTimeout(() => qemu.kill('SIGKILL'), limitMs);
  await once(qemu, 'close');
  clearTimeout(limit);
  return existsSync(status) ? Number(readFileSync(status, 'utf8')) : undefined;
}
