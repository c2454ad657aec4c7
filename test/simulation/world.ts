// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { AdminClient } from '@givc/client';
import { isAlive, parseVmName, type UnitName, type UnitStatus } from '@givc/model';
import type { FakeSystemd } from '@givc/systemd';
import { RegistryStore } from '../../apps/admin/src/registry/registry-store.js';
import { expectedRows, type Facts, type UnitFacts } from '../model/expected-rows.js';
import { Random } from '../model/random.js';
import { AdminMachine } from './machines/admin-machine.js';
import { adminAddress, adminIp, adminVm, agentsOf, callerIp, vmUnit } from './machines/layout.js';
import { Machine } from './machines/machine.js';
import type { Program } from './machines/programs.js';
import type { RunSettings, Environment } from './machines/environment.js';
import { SimulatedDialer } from './network/dialer.js';
import { Interface } from './network/interface.js';
import { Network } from './network/network.js';
import { Disturbances } from './rules/disturbances.js';
import { History } from './rules/history.js';
import type { Rule, RunEvents, Violation } from './rules/rule.js';
import { useScheduler } from './time/clock.js';
import { Scheduler } from './time/scheduler.js';
import { SimulatedProcess } from './time/simulated-process.js';

/** The maximum time from the shutdown of a VM until its agent is stopped. */
const shutdownMs = 300;

const factsOf = ({ Name, ActiveState, SubState, FreezerState }: UnitStatus): UnitFacts => ({
  unit: Name,
  activeState: ActiveState,
  subState: SubState,
  freezerState: FreezerState,
});

/** A computer with several machines that run the product's daemons, and a client that calls its admin. */
export class World implements Environment {
  readonly scheduler = new Scheduler();
  readonly network: Network;
  readonly history: History;
  readonly disturbances: Disturbances;
  readonly machines: ReadonlyMap<string, Machine>;
  readonly admin: AdminMachine;
  readonly caller: SimulatedProcess;
  /** The number of admins that have started. */
  admins = 0;
  violation: Violation | undefined;
  readonly #callerCard = new Interface('caller', callerIp);
  readonly #rules: Rule[] = [];
  readonly #names: ReadonlyMap<string, string>;

  constructor(
    private readonly seed: number,
    readonly settings: RunSettings,
  ) {
    useScheduler(this.scheduler);
    const now = () => this.scheduler.now;
    this.network = new Network(this.scheduler, seed, settings.pace);
    this.history = new History(now);
    this.disturbances = new Disturbances(now);
    const plans = agentsOf(settings);
    this.#names = new Map([
      [adminIp, adminVm],
      [callerIp, 'caller'],
      ...plans.map(({ ip, name }) => [ip, name] as const),
    ]);
    this.machines = new Map(plans.map((plan) => [plan.name, new Machine(plan, this)]));
    this.admin = new AdminMachine(this, {
      started: (program) => this.#adminStarted(program),
      ended: (hasStopped) => this.emit('adminEnded', hasStopped),
      calls: (path, bytes) => {
        const ended = this.#rules.map((rule) => rule.adminCalls?.(path, bytes));
        return () => ended.forEach((end) => end?.());
      },
    });
    this.network.add(this.#callerCard);
    this.caller = new SimulatedProcess(this.scheduler, 'caller', (error) => this.onError('caller', error));
  }

  get host(): Machine {
    return this.machines.get('host')!;
  }

  get vms(): readonly Machine[] {
    return [...this.machines.values()].filter(({ name }) => name !== 'host');
  }

  observe(rule: Rule): void {
    this.#rules.push(rule);
  }

  /** Passes an event on to all rules. */
  emit<Event extends keyof RunEvents>(event: Event, ...args: Parameters<RunEvents[Event]>): void {
    for (const rule of this.#rules) (rule[event] as ((...all: unknown[]) => unknown) | undefined)?.(...args);
  }

  /** Records a violation; only the first counts. */
  violate(rule: string, text: string): void {
    this.scheduler.log.add(this.scheduler.now, 'VIOLATION', `${rule}: ${text}`);
    this.violation ??= { rule, text };
  }

  /** Boots the host and the VMs that run at the beginning, and starts the admin. */
  begin(): void {
    const random = this.random('beginning');
    const { host } = this;
    host.powerOn(true);
    const inHost = async () => {
      for (const { name } of this.vms)
        await host.systemd.watchUnit(vmUnit(name) as UnitName, (status) => this.#vmChanged(name, status));
      for (const name of [adminVm, ...this.vms.map((vm) => vm.name)])
        if (!this.settings.down.includes(name)) await host.systemd.startUnit(vmUnit(name) as UnitName);
    };
    this.scheduler.after(0, inHost);
    this.scheduler.after(random.next() < 0.7 ? 0 : 5_000 * random.next(), () => this.admin.start());
  }

  /** A client of the admin in the caller's process. */
  client(): AdminClient {
    const dialer = new SimulatedDialer(this.network, this.caller, this.#callerCard, this.settings.window);
    return new AdminClient({ name: parseVmName('name', adminVm), address: adminAddress }, dialer);
  }

  /** The state of all machines according to their service managers. */
  async facts(): Promise<Facts> {
    const machines = await Promise.all([...this.machines.values()].filter(({ isUp }) => isUp).map((m) => m.facts()));
    const statusOf = (name: string) => this.host.systemd.unitStatus(vmUnit(name) as UnitName);
    const vms = await Promise.all(
      [adminVm, ...this.vms.map((vm) => vm.name)].map(async (name) => ({ name, ...factsOf(await statusOf(name)) })),
    );
    return { machines, vms };
  }

  async expectedRows(): Promise<string[]> {
    return expectedRows(await this.facts());
  }

  end(): void {
    for (const machine of this.machines.values()) machine.powerOff();
    this.admin.kill();
    this.caller.kill();
    useScheduler(undefined);
  }

  random(name: string): Random {
    return Random.of(this.seed, name);
  }

  nameOf(ip: string): string {
    return this.#names.get(ip) ?? 'unknown';
  }

  onError(process: string, error: unknown): void {
    this.violate('no daemon throws', `${process}: ${error instanceof Error ? error.stack : String(error)}`);
  }

  onLog(process: string, line: string): void {
    this.scheduler.log.add(this.scheduler.now, process, `logs ${line}`);
    if (line.startsWith('error: rpc failed')) this.violate('no daemon throws', `${process}: ${line}`);
    this.emit('logged', process, line);
  }

  async follow(machine: string, systemd: FakeSystemd, unit: string): Promise<void> {
    const name = unit as UnitName;
    await systemd.watchUnit(name, (status) => this.history.add(machine, { ...factsOf(status), unit }));
    const status = await systemd.unitStatus(name).catch(() => undefined);
    if (status) this.history.add(machine, factsOf(status));
  }

  /** Lets the VM run as long as the host's unit of it. */
  #vmChanged(name: string, status: UnitStatus): void {
    const vm = this.machines.get(name)!;
    if (status.ActiveState === 'active') vm.powerOn();
    else if (!isAlive(status)) {
      this.disturbances.note(name);
      vm.powerOff();
    } else if (status.ActiveState === 'deactivating') {
      const random = this.random(`shutdown ${name} ${vm.card.boot}`);
      const { boot } = vm.card;
      this.disturbances.note(name);
      this.scheduler.after(shutdownMs * random.next(), () => {
        if (vm.card.boot === boot) vm.stopAgent();
      });
    }
  }

  #adminStarted(program: Program): void {
    this.admins++;
    const store = program.get(RegistryStore);
    const isCurrent = () => this.admin.program === program;
    store.onPut((entry) => isCurrent() && this.emit('put', entry));
    store.onChange(({ kind, entry }) => {
      if (kind === 'Removed' && isCurrent()) this.emit('removed', entry);
    });
    this.emit('adminStarted', store);
  }
}
