import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  bootedFile,
  bridge,
  checkout,
  doorOf,
  labFolder,
  machineCheckout,
  machinePrograms,
  programs,
  type MachineName,
} from './plan.js';

/** How a machine ended: it was shut down, or it died. */
export type Ending = 'off' | 'died';

const shutdownLimit = 10_000;

/** A machine that runs: systemd-nspawn(1) and what is in it. */
export class Machine {
  readonly ended: Promise<Ending>;

  private constructor(
    readonly name: MachineName,
    private readonly container: ChildProcess,
    private readonly group: string,
    /** What its program was when the machine had booted: `active`, or what else systemctl(1) says. */
    readonly booted: Promise<string>,
  ) {
    this.ended = once(container, 'exit').then(([status]) => (status === 0 ? 'off' : 'died'));
  }

  /** Boots a machine from its disk; `group` is a control group that does not exist yet. */
  static boot(name: MachineName, root: string, group: string): Machine {
    mkdirSync(group);
    rmSync(join(doorOf(name), bootedFile), { force: true });
    const output = openSync(join(labFolder, 'machines', name, 'console'), 'a');
    const container = spawn(
      'sh',
      ['-c', 'echo $$ > "$0/cgroup.procs" && exec systemd-nspawn "$@"', group, ...containerOptions(name, root)],
      { stdio: ['ignore', output, output] },
    );
    closeSync(output);
    return new Machine(name, container, group, whenBooted(name, container));
  }

  /** Of systemd-nspawn, the parent of the machine's first process. */
  get pid(): number {
    return this.container.pid!;
  }

  /** Asks it to shut down, as a power button does, and pulls its plug when it takes longer than ten seconds. */
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

function containerOptions(name: MachineName, root: string): string[] {
  return [
    '--quiet',
    '--register=no',
    '--keep-unit',
    '--console=pipe',
    '--link-journal=no',
    '--resolv-conf=off',
    '--timezone=off',
    `--directory=${root}`,
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

/** Resolves when the machine has written into its door; rejects when it ends before that. */
async function whenBooted(name: MachineName, container: ChildProcess): Promise<string> {
  const door = doorOf(name);
  return new Promise((resolve, reject) => {
    const watcher = watch(door, (_event, file) => {
      if (file !== bootedFile) return;
      watcher.close();
      resolve(readFileSync(join(door, bootedFile), 'utf8').trim());
    });
    container.once('exit', () => {
      watcher.close();
      reject(new Error(`${name} ended before it had booted: see ${labFolder}/machines/${name}/console`));
    });
  });
}
