// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isAlive, type UnitName } from '@givc/model';
import { FakeSystemd } from '@givc/systemd';
import { BootId } from '../../../apps/agent/src/registration/boot-id.js';
import type { MachineFacts, UnitFacts } from '../../model/expected-rows.js';
import type { Random } from '../../model/random.js';
import { Interface } from '../network/interface.js';
import { reportsOf, unchanged } from '../network/older-reports.js';
import { SimulatedProcess } from '../time/simulated-process.js';
import { adminVm, agentUnit, secretUnit, type AgentPlan } from './layout.js';
import { startAgent, type Program } from './programs.js';
import type { Environment } from './environment.js';
import { SystemBus } from './system-bus.js';

/** Durations in milliseconds: minimum and maximum. */
const bootMs = [300, 4_000] as const;
const programMs = [20, 300] as const;
const restartMs = [100, 1_200] as const;
const jobMs = [0, 800] as const;

/** A machine with an agent, which its systemd starts again whenever it ends. */
export class Machine {
  readonly card: Interface;
  systemd = new FakeSystemd();
  agent: SimulatedProcess | undefined;
  #program: Program | undefined;
  #isUp = false;
  #processes = 0;
  readonly #onAgentStart = new Set<() => void>();
  readonly #random: Random;

  constructor(
    readonly plan: AgentPlan,
    private readonly environment: Environment,
  ) {
    this.card = new Interface(plan.name, plan.ip);
    this.card.goDown();
    this.#random = environment.random(`machine ${plan.name}`);
    environment.network.add(this.card);
  }

  get name(): string {
    return this.plan.name;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Whether its agent has started, and neither the machine nor the agent is held by a fault. */
  get isReachable(): boolean {
    return this.#isUp && this.card.isPlugged && this.#program !== undefined && this.agent?.isRunning === true;
  }

  /** Boots with a newly started systemd; with `isReady` the boot is complete at once. */
  powerOn(isReady = false): void {
    if (this.#isUp) return;
    this.#isUp = true;
    this.card.boots();
    this.systemd = new FakeSystemd();
    const { services, vms } = this.plan;
    const own = [agentUnit(this.name), secretUnit, ...services];
    for (const unit of own) this.systemd.define(unit, { active: true });
    for (const unit of [...(vms.adminVm ? [vms.adminVm] : []), ...vms.systemVms, ...vms.appVms])
      this.systemd.define(unit);
    for (const unit of [...services, ...vms.systemVms, ...vms.appVms])
      void this.environment.follow(this.name, this.systemd, unit);
    this.#startAgentIn(isReady ? this.#among(programMs) : this.#among(bootMs));
  }

  /** Ends the machine at once, without closing any connection. */
  powerOff(): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    this.card.goDown();
    this.#endAgent();
  }

  /** Calls the listener when an agent starts next. */
  onAgentStart(listener: () => void): void {
    this.#onAgentStart.add(listener);
  }

  /** Ends the agent like SIGKILL. */
  killAgent(): void {
    if (!this.agent) return;
    this.#endAgent();
    this.#startAgentIn(this.#among(restartMs));
  }

  /** Ends the agent like SIGTERM; systemd starts it again once it has ended. */
  stopAgent(): void {
    const program = this.#program;
    if (!program?.process.isRunning) return;
    this.#program = undefined;
    this.environment.scheduler.after(0, () =>
      program.process.perform('io', 'gets SIGTERM', () => {
        void program.close().then(() => {
          if (this.agent === program.process) this.killAgent();
        });
      }),
    );
  }

  /** The state of its units according to its service manager. */
  async facts(): Promise<MachineFacts> {
    const { services, applications } = this.plan;
    const configured = await Promise.all(services.map((unit) => this.systemd.unitStatus(unit as UnitName)));
    const instances = await this.systemd.listUnits(applications.map((application) => `${application}@*.service`));
    const units = [...configured, ...instances.filter(isAlive)];
    return {
      name: this.name,
      agentUnit: agentUnit(this.name),
      units: units.map(({ Name, ActiveState, SubState, FreezerState }): UnitFacts => ({
        ...{ unit: Name, activeState: ActiveState },
        ...{ subState: SubState, freezerState: FreezerState },
      })),
    };
  }

  #startAgentIn(ms: number): void {
    const { boot } = this.card;
    this.environment.scheduler.after(ms * this.environment.settings.pace, () => {
      if (this.#isUp && this.card.boot === boot && !this.agent) return this.#startAgent();
    });
  }

  #startAgent(): unknown {
    const { scheduler, network, settings } = this.environment;
    const nameOf = (ip: string) => this.environment.nameOf(ip);
    const onLog = (line: string) => this.environment.onLog(name, line);
    const name = `${this.name}#${++this.#processes}`;
    const process = new SimulatedProcess(scheduler, name, (error) => this.environment.onError(name, error));
    this.agent = process;
    const hooks = { onJob: (kind: 'start' | 'stop', unit: UnitName) => this.#beginJob(kind, unit) };
    const random = this.environment.random(`bus ${name}`);
    const bus = new SystemBus(process, this.systemd, random, hooks, settings.slowBus ? 0.6 : 0.1);
    for (const listener of this.#onAgentStart) listener();
    this.#onAgentStart.clear();
    const isOlder = [this.name, adminVm].some((name) => settings.olderReports.includes(name));
    const rewriting = isOlder ? reportsOf(1) : unchanged;
    const place = { process, network, at: this.card, window: settings.window, rewriting, nameOf, onLog };
    return process.perform('io', 'starts', async () => {
      const { heartbeatMs } = settings;
      const clock = () => BigInt(Math.round(scheduler.now * 1e6));
      const bootId = new BootId(`${this.name}-${this.card.boot}`, clock);
      this.#program = await startAgent(place, this.plan, bus, { heartbeatMs, bootId });
    });
  }

  #endAgent(): void {
    this.#program = undefined;
    this.agent?.kill();
    this.agent = undefined;
  }

  /** Makes jobs take time, and follows new units from their beginning. */
  async #beginJob(kind: 'start' | 'stop', unit: UnitName): Promise<void> {
    const { systemd } = this;
    const status = await systemd.unitStatus(unit).catch(() => undefined);
    if (!status) return this.environment.follow(this.name, systemd, unit);
    const takesTime = kind === 'start' ? !isAlive(status) : status.ActiveState === 'active';
    if (!takesTime) return;
    const release = kind === 'start' ? systemd.holdStarts(unit) : systemd.holdStops(unit);
    this.environment.scheduler.after(this.#among(jobMs) * this.environment.settings.pace, release);
  }

  #among([least, most]: readonly [number, number]): number {
    return least + (most - least) * this.#random.next();
  }
}
