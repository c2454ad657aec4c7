// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changeIn } from './folder-change.js';
import { journalTail } from './journal-tail.js';
import { waitLimitMs } from './limits.js';
import {
  bootedFile,
  bridge,
  checkout,
  consoleOf,
  doorOf,
  linkOf,
  machineCheckout,
  machinePrograms,
  programs,
  rootOf,
  type MachineName,
} from './plan.js';

/** How a machine ended: by a shutdown or by a crash. */
export type Ending = 'off' | 'died';

const shutdownLimit = 30_000;

/** A running machine: systemd-nspawn(1) and its processes. */
export class Machine {
  readonly ended: Promise<Ending>;
  /**
   * Resolves once its program runs. Rejects with the last lines of the machine's journal when the program fails, the
   * machine ends first, or neither has happened within the limit of `boot`.
   */
  readonly booted: Promise<void>;

  private constructor(
    readonly name: MachineName,
    private readonly container: ChildProcess,
    private readonly group: string,
    limit: AbortSignal,
  ) {
    this.ended = once(container, 'exit').then(([status]) => {
      rmSync(bootedPath(name), { force: true });
      // The kernel removes the link of a killed machine some time later. Until then no other link can have its name.
      spawnSync('ip', ['link', 'delete', linkOf(name)], { stdio: 'ignore' });
      return status === 0 ? 'off' : 'died';
    });
    this.booted = whenBooted(name, this.ended, limit);
  }

  /** Boots a machine from its disk; `group` is a control group without processes. */
  static boot(name: MachineName, group: string, limit = AbortSignal.timeout(waitLimitMs)): Machine {
    mkdirSync(group, { recursive: true });
    const output = openSync(consoleOf(name), 'a');
    const container = spawn(
      'sh',
      ['-c', 'echo $$ > "$0/cgroup.procs" && exec systemd-nspawn "$@"', group, ...containerOptions(name)],
      { stdio: ['ignore', output, output] },
    );
    closeSync(output);
    return new Machine(name, container, group, limit);
  }

  /** The process id of systemd-nspawn, the parent of the machine's first process. */
  get pid(): number {
    return this.container.pid!;
  }

  /** Requests a shutdown, as a power button does, and kills the machine when it takes longer than 30 s. */
  async powerOff(): Promise<void> {
    const plug = setTimeout(() => this.pullPlug(), shutdownLimit);
    this.container.kill('SIGTERM');
    await this.ended;
    clearTimeout(plug);
  }

  /** Kills every process of the machine at once (cgroup.kill of the kernel's cgroup-v2 document). */
  pullPlug(): void {
    if (this.container.exitCode === null && this.container.signalCode === null)
      writeFileSync(join(this.group, 'cgroup.kill'), '1');
  }
}

function containerOptions(name: MachineName): string[] {
  return [
    '--quiet',
    '--register=no',
    '--keep-unit',
    '--console=pipe',
    '--link-journal=no',
    '--resolv-conf=off',
    '--timezone=off',
    `--directory=${rootOf(name)}`,
    `--machine=${name}`,
    `--network-bridge=${bridge}`,
    `--bind=${doorOf(name)}:/lab`,
    `--bind-ro=${checkout}:${machineCheckout}`,
    `--bind-ro=${programs}:${machinePrograms}`,
    `--bind-ro=${process.execPath}:/usr/local/bin/node`,
    '--boot',
    'systemd.show_status=0',
    'systemd.unit=multi-user.target',
  ];
}

const bootedPath = (name: MachineName): string => join(doorOf(name), bootedFile);

async function whenBooted(name: MachineName, ended: Promise<unknown>, limit: AbortSignal): Promise<void> {
  const over = new AbortController();
  void ended.then(() => over.abort(new Error('it has ended')));
  try {
    await changeIn(doorOf(name), () => existsSync(bootedPath(name)), AbortSignal.any([over.signal, limit]));
    const state = readFileSync(bootedPath(name), 'utf8').trim();
    if (state !== 'active') throw new Error(`its program is ${state}`);
  } catch (error) {
    const tail = await journalTail(name);
    throw new Error(`${name} has not booted: ${(error as Error).message}\n${tail}`, { cause: error });
  }
}
