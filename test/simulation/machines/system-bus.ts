// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, type UnitName, type UnitStatus } from '@givc/model';
import {
  Systemd,
  type FakeSystemd,
  type OnUnitChange,
  type ResourceUsage,
  type TimeLimits,
  type TransientService,
  type UnitWatch,
} from '@givc/systemd';
import type { Random } from '../../model/random.js';
import type { SimulatedProcess } from '../time/simulated-process.js';

export interface BusHooks {
  /** Called when a job is requested, before it begins. */
  onJob(kind: 'start' | 'stop', unit: UnitName): Promise<void> | void;
}

const unreachable = (): GivcError => new GivcError('UNAVAILABLE', 'the process has closed the bus');

/**
 * The connection of one process to the service manager of its machine. Signals and answers take time. Signals arrive in
 * order, and an answer arrives after the signals of the job that it answers. An answer may contain a state that is
 * older than a signal before it, as `Systemd` permits.
 */
export class SystemBus extends Systemd {
  #asksUntil = 0;
  #signalsUntil = 0;
  readonly #watches = new Set<UnitWatch>();

  constructor(
    private readonly process: SimulatedProcess,
    private readonly systemd: FakeSystemd,
    private readonly random: Random,
    private readonly hooks: BusHooks,
    /** The share of answers that are late. */
    private readonly lateShare: number,
  ) {
    super();
    process.onExit(() => this.#leave());
  }

  startUnit(unit: UnitName, signal?: AbortSignal): Promise<UnitStatus> {
    const job = async () => {
      await this.hooks.onJob('start', unit);
      return this.systemd.startUnit(unit);
    };
    return this.#ask(`start ${unit}`, job, signal);
  }

  stopUnit(unit: UnitName, signal?: AbortSignal): Promise<UnitStatus> {
    const job = async () => {
      await this.hooks.onJob('stop', unit);
      return this.systemd.stopUnit(unit);
    };
    return this.#ask(`stop ${unit}`, job, signal);
  }

  killUnit(unit: UnitName, signal?: AbortSignal): Promise<UnitStatus> {
    return this.#ask(`kill ${unit}`, () => this.systemd.killUnit(unit), signal);
  }

  freezeUnit(unit: UnitName): Promise<UnitStatus> {
    return this.#ask(`freeze ${unit}`, () => this.systemd.freezeUnit(unit));
  }

  thawUnit(unit: UnitName): Promise<UnitStatus> {
    return this.#ask(`thaw ${unit}`, () => this.systemd.thawUnit(unit));
  }

  startTransientService(service: TransientService, signal?: AbortSignal): Promise<UnitStatus> {
    const job = async () => {
      await this.hooks.onJob('start', service.unit);
      return this.systemd.startTransientService(service);
    };
    return this.#ask(`run ${service.unit}`, job, signal);
  }

  isRunningAs(service: TransientService): Promise<boolean> {
    return this.#ask(`look for ${service.unit}`, () => this.systemd.isRunningAs(service));
  }

  listTransientUnits(patterns: readonly string[]): Promise<UnitName[]> {
    return this.#ask('list transient units', () => this.systemd.listTransientUnits(patterns));
  }

  unitStatus(unit: UnitName): Promise<UnitStatus> {
    return this.#ask(`status of ${unit}`, () => this.systemd.unitStatus(unit));
  }

  listUnits(patterns: readonly string[]): Promise<UnitStatus[]> {
    return this.#ask('list units', () => this.systemd.listUnits(patterns));
  }

  resourceUsage(unit: UnitName): Promise<ResourceUsage> {
    return this.#ask(`usage of ${unit}`, () => this.systemd.resourceUsage(unit));
  }

  async watchUnit(unit: UnitName, onChange: OnUnitChange): Promise<UnitWatch> {
    const listener: OnUnitChange = (status, ending) =>
      this.#signal(`${unit} is ${status.ActiveState}`, () => onChange(status, ending));
    const watch = await this.#ask(`watch ${unit}`, async () => {
      const opened = await this.systemd.watchUnit(unit, listener);
      if (this.process.isAlive) this.#watches.add(opened);
      else opened.close();
      return opened;
    });
    return {
      close: () => {
        this.#watches.delete(watch);
        watch.close();
      },
    };
  }

  timeLimits(unit: UnitName): Promise<TimeLimits | undefined> {
    return this.#ask(`time limits of ${unit}`, () => this.systemd.timeLimits(unit));
  }

  version(): Promise<string> {
    return this.#ask('version', () => this.systemd.version());
  }

  isStopping(): Promise<boolean> {
    return this.#ask('state', () => this.systemd.isStopping());
  }

  managerEnvironment(): Promise<Readonly<Record<string, string>>> {
    return this.#ask('environment', () => this.systemd.managerEnvironment());
  }

  setEnvironment(variables: Readonly<Record<string, string | undefined>>): Promise<void> {
    return this.#ask('set environment', () => this.systemd.setEnvironment(variables));
  }

  close(): Promise<void> {
    this.#leave();
    return Promise.resolve();
  }

  #leave(): void {
    for (const watch of this.#watches) watch.close();
    this.#watches.clear();
  }

  /** A request is carried out even if the process has ended meanwhile. */
  #ask<T>(what: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (!this.process.isAlive) return Promise.reject(unreachable());
    const { scheduler } = this.process;
    return new Promise((resolve, reject) => {
      const cancel = () => reject(new GivcError('CANCELLED', `${what}: the caller hung up`));
      if (signal?.aborted) return cancel();
      signal?.addEventListener('abort', cancel, { once: true });
      const answer = (settle: () => void) => {
        const arrival = Math.max(scheduler.now + this.#latency() + this.#delay(), this.#signalsUntil);
        this.process.at(arrival, `systemd answers: ${what}`, settle, 'systemd');
      };
      this.#asksUntil = Math.max(this.#asksUntil, scheduler.now + this.#latency());
      scheduler.at(this.#asksUntil, () => {
        scheduler.log.add(scheduler.now, this.process.name, `asks systemd: ${what}`);
        work().then(
          (value) => answer(() => resolve(value)),
          (error: Error) => answer(() => reject(error)),
        );
      });
    });
  }

  #signal(what: string, deliver: () => void): void {
    const { scheduler } = this.process;
    this.#signalsUntil = Math.max(this.#signalsUntil, scheduler.now + this.#latency());
    this.process.at(this.#signalsUntil, `systemd signals: ${what}`, deliver, 'systemd');
  }

  #latency(): number {
    return this.random.next() < 0.95 ? 0.1 + this.random.next() : 20 * this.random.next();
  }

  /** The delay of an answer, in milliseconds. */
  #delay(): number {
    return this.random.next() < this.lateShare ? 60 * this.random.next() : 0;
  }
}
