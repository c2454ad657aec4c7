// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isAlive, type UnitName } from '@givc/model';
import { adminVm, vmUnit } from '../machines/layout.js';
import type { Machine } from '../machines/machine.js';
import { allFrozen, everything } from '../rules/disturbances.js';
import { isReporting } from '../rules/reporting.js';
import type { SimulatedProcess } from '../time/simulated-process.js';
import type { Action } from './action.js';
import { impostorCall } from './impostor.js';
import type { Stage } from './stage.js';
import { changeUnit, changeVm, endInstance } from './unit-actions.js';

const reports = '/report.Reports/Report';
/** The maximum difference between the times at which machines wake up. */
const wakeMs = 300;
/** The time within which a starting agent reads all of its units. */
const startingMs = 60;

/** Longer than the pause before the last restart of a VM that crashes five times. */
const againMs = 30_000;

/** Performs one action of a plan. Actions with a duration end by themselves. */
export class Performer {
  /** The number of actions still in progress. */
  open = 0;

  constructor(private readonly stage: Stage) {}

  perform(action: Action): unknown {
    const { world } = this.stage;
    switch (action.kind) {
      case 'call':
        return this.#inCaller(() => this.stage.calls.make(action.call));
      case 'instance call':
        return this.#instanceCall(action);
      case 'watch':
        return this.#inCaller(() => this.stage.watchers.open(action.ms, action.pauseMs));
      case 'impostor':
        return impostorCall(world, action.machine, action.claim);
      case 'agent killed':
      case 'agent stopped':
        world.disturbances.note(action.machine);
        return action.kind === 'agent killed'
          ? this.#machine(action.machine)?.killAgent()
          : this.#machine(action.machine)?.stopAgent();
      case 'agent hung':
      case 'machine sleeps':
      case 'machine cut off':
        return this.#hold(action);
      case 'connections broken':
        return this.#breakConnections(action.machine);
      case 'reports reset':
        return this.#resetReports(action.machine, action.times, action.everyMs);
      case 'units change while the agent starts':
        return this.#changeWhileStarting(action.machine);
      case 'bus away':
        return this.#busAway(action.machine, action.ms);
      case 'unit crashes':
      case 'unit exits':
      case 'unit starts':
      case 'unit stops':
        return changeUnit(action.kind, this.#machine(action.machine), action.unit as UnitName);
      case 'instance crashes':
      case 'instance exits':
        return endInstance(action.kind === 'instance crashes', this.#machine(action.machine), action.nth);
      case 'VM crashes':
        return this.#crashVm(action.machine, action.times, action.afterMs);
      case 'VM stops':
      case 'VM stops badly':
      case 'VM starts':
        return changeVm(action.kind, world.host, action.machine);
      case 'admin killed':
      case 'admin stopped':
      case "admin's machine crashes":
        return this.#endAdmin(action.kind, action.ms);
      case 'admin hung':
        if (world.admin.process?.isRunning) this.#silentAdmin(action.ms);
        return this.#freeze('admin', world.admin.process, action.ms, false);
      case 'admin cut off':
        this.#silentAdmin(action.ms);
        return this.#until('admin', action.ms, world.admin.card.unplug());
      case 'disk full':
        this.stage.restored.diskFull();
        world.admin.directory.isFull = true;
        return this.#until(undefined, action.ms, () => {
          this.stage.restored.diskFull();
          world.admin.directory.isFull = false;
        });
      case 'all sleep':
      case 'all frozen':
        return this.#allPause(action.kind, action.ms);
    }
  }

  #silentAdmin(ms: number): void {
    const { scheduler } = this.stage.world;
    const until = scheduler.now + ms;
    this.stage.presence.silentAdmin(() => scheduler.now >= until);
  }

  #machine(name: string): Machine | undefined {
    return this.stage.world.machines.get(name);
  }

  #inCaller(work: () => unknown): void {
    this.stage.world.caller.perform('io', 'is asked to call', () => void work());
  }

  /** Counts an action in progress. The result, which is called once, ends it. */
  #begin(onEnd?: () => void): () => void {
    this.open++;
    return () => {
      onEnd?.();
      this.open--;
    };
  }

  /** Calls `end` after `ms` milliseconds, and marks `who` as disturbed until then. */
  #until(who: string | undefined, ms: number, end: () => void): void {
    const over = this.#begin(who === undefined ? undefined : this.stage.world.disturbances.begin(who));
    this.stage.world.scheduler.after(ms, () => {
      end();
      over();
    });
  }

  #instanceCall({ rpc, machine, nth }: Action & { readonly kind: 'instance call' }): void {
    this.#inCaller(() => {
      const running = this.stage.watchers.main.applications(machine);
      if (running.length > 0) void this.stage.calls.make({ rpc, machine, subject: running[nth % running.length]! });
    });
  }

  #hold({ kind, machine: name, ms }: Action & { readonly ms: number; readonly machine: string }): void {
    const machine = this.#machine(name);
    if (!machine?.isUp) return;
    if (kind === 'agent hung') return this.#freeze(name, machine.agent, ms, false);
    const plug = machine.card.unplug();
    if (kind === 'machine sleeps') this.#freeze(name, machine.agent, ms, true);
    const { boot } = machine.card;
    let isOver = false;
    this.stage.presence.silent(name, () => isOver || !machine.isUp || machine.card.boot !== boot);
    this.#until(name, ms, () => {
      isOver = true;
      plug();
    });
  }

  #freeze(who: string, process: SimulatedProcess | undefined, ms: number, clockStops: boolean): void {
    if (!process?.isRunning) return;
    process.freeze(clockStops);
    let isOver = false;
    if (who !== 'admin') this.stage.presence.silent(who, () => isOver || !process.isAlive);
    this.#until(who, ms, () => {
      isOver = true;
      process.thaw();
    });
  }

  /** Pauses everything: a host that sleeps, or its guests, whose monotonic clocks continue. */
  #allPause(kind: 'all sleep' | 'all frozen', ms: number): void {
    const { world } = this.stage;
    const random = world.random(`sleep ${world.scheduler.now}`);
    const admin = world.admin.process;
    const processes = [admin, ...[...world.machines.values()].map(({ agent }) => agent), world.caller];
    for (const process of processes) {
      if (!process?.isRunning) continue;
      process.freeze(kind === 'all sleep');
      this.#until(kind === 'all sleep' ? everything : allFrozen, ms + wakeMs * random.next(), () => {
        process.thaw();
        // An admin that was started meanwhile could not reach the machines.
        if (world.admin.process !== admin) world.disturbances.note(everything);
      });
    }
  }

  #breakConnections(name: string): void {
    const { world } = this.stage;
    world.disturbances.note(name);
    const card = this.#machine(name)?.card;
    for (const connection of world.network.connections) if (card && connection.touches(card)) connection.break();
  }

  /**
   * Ends the machine's report stream `times` times, each time when it reports again; gives up when it does not report
   * for long.
   */
  #resetReports(name: string, times: number, everyMs: number): void {
    const { world, presence } = this.stage;
    const end = this.#begin(world.disturbances.beginReset(name));
    const giveUpAt = world.scheduler.now + againMs;
    const look = (left: number) => {
      const { program } = world.admin;
      const machine = this.#machine(name);
      if (left === 0 || !machine || world.scheduler.now > giveUpAt) return end();
      world.scheduler.after(everyMs, () => look(left - 1));
      if (!program || !isReporting(world, name)) return;
      presence.isReset(name);
      return program.process.perform('io', `resets reports of ${name}`, () =>
        program.transport.resetCalls(reports, machine.card.ip),
      );
    };
    world.scheduler.after(0, () => look(times));
  }

  #busAway(name: string, ms: number): void {
    const machine = this.#machine(name);
    if (!machine?.isUp) return;
    const { systemd } = machine;
    systemd.goAway();
    this.#until(name, ms, () => systemd.comeBack());
  }

  #changeWhileStarting(name: string): void {
    const machine = this.#machine(name);
    const { world } = this.stage;
    if (!machine?.isUp || machine.plan.services.length === 0) return;
    world.disturbances.note(name);
    const random = world.random(`changes ${name} ${world.scheduler.now}`);
    const { services } = machine.plan;
    machine.onAgentStart(() => {
      for (const unit of services)
        for (const kind of ['unit crashes', 'unit starts', 'unit stops'])
          world.scheduler.after(startingMs * random.next(), () => changeUnit(kind, machine, unit as UnitName));
    });
    machine.killAgent();
  }

  /** Gives up when the VM has not restarted in time. */
  async #crashVm(name: string, times: number, afterMs: number): Promise<void> {
    if (times === 0) return;
    const { host } = this.stage.world;
    const unit = vmUnit(name) as UnitName;
    const status = await host.systemd.unitStatus(unit).catch(() => undefined);
    if (status && isAlive(status)) {
      host.systemd.crash(unit);
      if (times > 1) await this.#crashVmAgain(name, times - 1, afterMs);
    }
  }

  async #crashVmAgain(name: string, times: number, afterMs: number): Promise<void> {
    const { host, scheduler } = this.stage.world;
    const over = this.#begin(() => {
      watch.close();
      giveUp.isCancelled = true;
    });
    const watch = await host.systemd.watchUnit(vmUnit(name) as UnitName, ({ ActiveState }) => {
      if (ActiveState !== 'active') return;
      over();
      const paused = this.#begin();
      scheduler.after(afterMs, () => {
        paused();
        return this.#crashVm(name, times, afterMs);
      });
    });
    const giveUp = scheduler.after(againMs, over);
  }

  #endAdmin(kind: string, ms: number): void {
    const { world } = this.stage;
    const { admin, scheduler } = world;
    const unit = vmUnit(adminVm) as UnitName;
    if (!admin.process) return;
    const over = this.#begin(world.disturbances.begin('admin'));
    const again = () => {
      scheduler.after(ms, () => {
        if (kind === "admin's machine crashes") void world.host.systemd.startUnit(unit).catch(() => undefined);
        admin.powerOn();
        admin.start();
        over();
      });
    };
    if (kind === 'admin stopped') {
      // An admin that hangs is killed after a while.
      let hasEnded = false;
      const ended = () => {
        if (hasEnded) return;
        hasEnded = true;
        again();
      };
      admin.stop(ended);
      scheduler.after(5_000, () => {
        if (hasEnded) return;
        admin.kill();
        ended();
      });
      return;
    }
    if (kind === "admin's machine crashes") {
      world.host.systemd.crash(unit);
      this.#silentAdmin(ms);
      admin.powerOff();
    } else admin.kill();
    again();
  }
}
