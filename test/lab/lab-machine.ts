// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changeIn } from './folder-change.js';
import { bootedFile, containerOf, doorOf, folderOf, linkOf, programUnit, user, type MachineName } from './plan.js';
import { output, run, type Outcome, type RunOptions } from './run.js';
import { RunningProgram } from './running-program.js';

/** One of the lab's machines, controlled from outside. */
export class LabMachine {
  constructor(readonly name: MachineName) {}

  /** The id of its first process outside the machine. Throws while the machine is down. */
  leader(): number {
    const container = readFileSync(containerOf(this.name), 'utf8').trim();
    return Number(readFileSync(`/proc/${container}/task/${container}/children`, 'utf8').trim().split(' ')[0]);
  }

  /** The command line that runs `command` in the machine, as root or as the user of its session. */
  enter(command: readonly string[], as: 'root' | 'user' = 'root'): string[] {
    const session = [
      ...['runuser', '-u', user.name, '--', 'env', `HOME=${user.home}`, `XDG_RUNTIME_DIR=/run/user/${user.uid}`],
      `DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/${user.uid}/bus`,
    ];
    return ['nsenter', '-t', String(this.leader()), '-a', '--', ...(as === 'user' ? session : []), ...command];
  }

  run(command: readonly string[], options?: RunOptions): Promise<Outcome> {
    return run(this.enter(command), options);
  }

  /** systemctl(1) of the manager that runs this machine's program: the user's in chrome-vm, else the system's. */
  systemctl(...args: string[]): Promise<Outcome> {
    return run(
      this.name === 'chrome-vm'
        ? this.enter(['systemctl', '--user', ...args], 'user')
        : this.enter(['systemctl', ...args]),
    );
  }

  /** What the unit has logged since the machine booted, oldest line first. */
  journal(unit: string): Promise<string> {
    return this.journalctl('--output=short-precise', ...this.#ofUnit(unit));
  }

  /**
   * Resolves with the first lines of the unit that contain this text, as soon as there are that many since the boot of
   * the machine, or since a time of `Date.now()`.
   */
  async logged(unit: string, text: string, { lines = 1, since = 0 } = {}): Promise<string> {
    const from = [`--since=@${since / 1000}`, '--boot', '--follow', '--lines=all', '--output=short-precise'];
    const journal = RunningProgram.start(this.enter(['journalctl', ...from, ...this.#ofUnit(unit)]));
    try {
      const found: string[] = [];
      while (found.length < lines) found.push(await journal.line(text));
      return found.join('\n');
    } finally {
      await journal.stop();
    }
  }

  /** Resolves when the machine has booted and its program has started. */
  async booted(): Promise<void> {
    await changeIn(doorOf(this.name), () => existsSync(join(doorOf(this.name), bootedFile)));
  }

  /** Resolves with the first truthy result, now or after a change in a folder of the machine. */
  changeIn<T>(folder: string, answer: (folder: string) => T | undefined | false): Promise<T> {
    const seen = `/proc/${this.leader()}/root${folder}`;
    return changeIn(seen, () => answer(seen));
  }

  /** The entries that these options of journalctl(1) select, since the machine booted. */
  async journalctl(...options: string[]): Promise<string> {
    await output(this.enter(['journalctl', '--sync']));
    return output(this.enter(['journalctl', '--boot', '--no-pager', ...options]));
  }

  /** Sends a signal such as `STOP` or `KILL` to the machine's admin or agent. */
  async signalProgram(signal: string): Promise<void> {
    const { status, stderr } = await this.systemctl('kill', '--kill-whom=main', `--signal=${signal}`, this.program);
    if (status !== 0) throw new Error(stderr);
  }

  get program(): string {
    return programUnit(this.name);
  }

  /** Kills every process of the machine at once, as if its power failed; resolves when it has ended. */
  async crash(): Promise<void> {
    process.kill(this.leader(), 'SIGKILL');
    await changeIn(folderOf(this.name), () => !existsSync(containerOf(this.name)));
  }

  /** Unplugs its network cable until `reconnect`. */
  async disconnect(): Promise<void> {
    await output(['ip', 'link', 'set', linkOf(this.name), 'down']);
  }

  async reconnect(): Promise<void> {
    await output(['ip', 'link', 'set', linkOf(this.name), 'up']);
  }

  /**
   * Applies a queueing discipline of tc(8) to packets to the machine, such as `tbf rate 256kbit burst 1600 latency 2s`,
   * or `netem delay 200ms` where the kernel has sch_netem; an empty string removes it.
   */
  async shapeNetwork(discipline: string): Promise<void> {
    const device = ['dev', linkOf(this.name), 'root'];
    await output(
      discipline === ''
        ? ['tc', 'qdisc', 'del', ...device]
        : ['tc', 'qdisc', 'replace', ...device, ...discipline.split(' ')],
    );
  }

  /**
   * Drops this percentage of packets in each direction, at random: a filter of tc-bpf(8) in classic bytecode that loads
   * a random number, compares it and answers TC_ACT_SHOT (2) or TC_ACT_UNSPEC (-1). 0 ends that.
   */
  async losePackets(percent: number): Promise<void> {
    const device = ['dev', linkOf(this.name)];
    if (percent === 0) return void (await output(['tc', 'qdisc', 'del', ...device, 'clsact']));
    const limit = Math.floor((percent / 100) * 2 ** 32);
    const bytecode = `4,32 0 0 4294963256,53 0 1 ${limit},6 0 0 4294967295,6 0 0 2`;
    await output(['tc', 'qdisc', 'add', ...device, 'clsact']);
    for (const way of ['ingress', 'egress'])
      await output(['tc', 'filter', 'add', ...device, way, 'protocol', 'all', 'bpf', 'da', 'bytecode', bytecode]);
  }

  #ofUnit(unit: string): string[] {
    return this.name === 'chrome-vm' ? [`_SYSTEMD_USER_UNIT=${unit}`, '+', `USER_UNIT=${unit}`] : [`--unit=${unit}`];
  }
}
