// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const variable = 'GIVC_LAB_CGROUP';
const needed = ['systemd-nspawn', 'ip', 'nsenter', 'unshare', 'setpriv', 'mount', 'dbus-daemon'];

/** The first process inside. It is a shell, because the first process of a PID namespace has to reap all orphans. */
const init = `set -e
mount -t tmpfs -o mode=755 tmpfs /run
mkdir /run/lock
mount -t cgroup2 cgroup2 /sys/fs/cgroup
ip link set lo up
"$@"
exit $?`;

/** The lab's own control group, as seen inside; undefined outside. */
export const labControlGroup = (): string | undefined => {
  const name = process.env[variable];
  return name === undefined ? undefined : join('/sys/fs/cgroup', name);
};

/** Why the lab cannot run on this machine; undefined when it can. */
export function whyNoLab(): string | undefined {
  if (process.getuid?.() !== 0) return 'it needs root, for namespaces and containers';
  const missing = needed.filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);
  if (missing.length > 0) return `${missing.join(', ')} not found: run node scripts/system-packages.mjs`;
  if (unifiedHierarchy() === undefined) return 'control groups version 2 are not mounted';
  return undefined;
}

/** Where control groups version 2 are mounted outside. */
export const unifiedHierarchy = (): string | undefined =>
  readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .find((fields) => fields[2] === 'cgroup2')?.[1];

const inotifyInstances = '/proc/sys/fs/inotify/max_user_instances';

/**
 * A machine of a lab has about ten inotify instances, all of one user, and the kernel allows 128 for each user
 * (inotify(7)); beyond that, for example `journalctl --follow` fails. Two labs at once need more, so the limit is
 * raised until the next boot of this machine.
 */
function allowInotify(): void {
  if (Number(readFileSync(inotifyInstances, 'utf8')) >= 1_024) return;
  try {
    writeFileSync(inotifyInstances, '1024');
  } catch (error) {
    process.stderr.write(`The lab may need more than this: ${inotifyInstances} cannot be raised (${String(error)})\n`);
  }
}

/**
 * Runs the command in its own mount, network and PID namespaces, with an empty /run and a control group for machines,
 * and resolves with its exit status. All of its processes end with it, even when this process is killed: the kernel
 * ensures that (PR_SET_PDEATHSIG(2const), pid_namespaces(7)).
 */
export async function runInNamespaces(command: readonly string[]): Promise<number> {
  allowInotify();
  const name = `givc-lab-${process.pid}`;
  const group = join(unifiedHierarchy()!, name);
  mkdirSync(group);
  const sweeper = spawn(process.execPath, [fileURLToPath(new URL('sweep.mjs', import.meta.url)), group], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const swept = once(sweeper, 'exit');

  const namespaces = ['--mount', '--net', '--pid', '--mount-proc', '--fork', '--kill-child'];
  const child = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', 'unshare', ...namespaces, '--', 'sh', '-c', init, 'lab', ...command],
    { stdio: ['inherit', 'inherit', 'inherit', sweeper.stdin], env: { ...process.env, [variable]: name } },
  );
  const received = forwardSignals(child);
  const [status] = (await once(child, 'exit')) as [number | null];
  // Closed, not ended: the sweeper's input ends when the last process inside has closed it, too.
  sweeper.stdin.destroy();
  await swept;
  return received() ?? status ?? 128 + constants.signals.SIGKILL;
}

/**
 * Makes this program run in the lab's namespaces: outside, it starts itself again inside and exits with the same
 * status. Where the lab cannot run, it prints the reason and exits with status 1.
 */
export async function inNamespaces(): Promise<void> {
  if (labControlGroup() !== undefined) return;
  const problem = whyNoLab();
  if (problem !== undefined) {
    process.stderr.write(`The lab cannot run here: ${problem}\n`);
    process.exit(1);
  }
  process.exit(await runInNamespaces([process.execPath, ...process.execArgv, ...process.argv.slice(1)]));
}

/** The first process of the namespace receives only SIGKILL, which ends everything in it. */
function forwardSignals(child: ChildProcess): () => number | undefined {
  let status: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      status = 128 + constants.signals[signal];
      child.kill('SIGKILL');
    });
  return () => status;
}
