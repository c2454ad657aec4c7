// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isDeepStrictEqual } from 'node:util';
import { GivcError, hasExited, isAlive, parseUnitName, stoppedStatus } from '@givc/model';
import type { UnitName, UnitStatus } from '@givc/model';
import { failed, leavesInactive, sigterm, stopped } from './fake-endings.js';
import { FakeEnvironment } from './fake-environment.js';
import { FakeUnits, globMatcher, newUnit, type FakeUnit, type FakeUnitOptions } from './fake-units.js';
import { FakeWatches } from './fake-watches.js';
import { jobFailed } from './jobs.js';
import { Systemd, type OnUnitChange, type ResourceUsage } from './systemd.js';
import type { TimeLimits, TransientService, UnitWatch } from './systemd.js';
import { describeFailure, unitFileInstalled } from './units.js';
import { PendingEvents } from './pending-events.js';

/**
 * A service manager for tests in one process. It knows the units that were defined, which have unit files, and the
 * transient ones that were started, and rejects all others. Watches get every change before the call that caused it
 * resolves.
 */
export class FakeSystemd extends Systemd {
  readonly #watches = new FakeWatches();
  readonly #units = new FakeUnits((unit, status, ending) => {
    if (!this.#away) this.#watches.report(unit, status, ending);
  });
  readonly #waits = new PendingEvents();
  /** The environment that the manager itself was started with. */
  readonly inherited: Record<string, string> = {};
  readonly #environment = new FakeEnvironment(this.inherited);
  /** The version of systemd. */
  managerVersion = '252';
  /** The machine begins to shut down. */
  stopping = false;
  #away: GivcError | undefined;

  /** Installs a unit, which does not run by default. */
  define(name: string, { description = name, active = false, ...options }: FakeUnitOptions = {}): UnitName {
    const unit = parseUnitName('unit', name);
    this.#units.add(newUnit(unit, description, options));
    if (active) this.#units.become(unit, 'active');
    return unit;
  }

  /** Installs a template such as `app@.service`, of which every instance can be started. */
  defineTemplate(template: string): void {
    this.#units.addTemplate(template);
  }

  /** Gives a unit another name (`Alias=`). */
  alias(name: string, of: UnitName): UnitName {
    const alias = parseUnitName('unit', name);
    this.#units.alias(alias, of);
    return alias;
  }

  /** A program fails by itself. */
  crash(unit: UnitName): void {
    const stopRequested = this.#units.known(unit).status.ActiveState === 'deactivating';
    this.#units.end(unit, 'failed', { result: 'exit-code', exitStatus: 1, stopRequested });
  }

  /** A program ends by itself with success. */
  exit(unit: UnitName): void {
    this.#units.end(unit, 'inactive', { result: 'success', exitStatus: 0, stopRequested: false });
  }

  /** A program that is to be restarted has ended too often. */
  giveUp(unit: UnitName): void {
    this.#units.become(unit, 'failed', { result: 'exit-code', exitStatus: 1, stopRequested: false });
    this.#units.collect(unit);
  }

  /** A stop of the unit is requested; it does not end in time and is killed. */
  stopBadly(unit: UnitName): void {
    this.#units.become(unit, 'failed', { result: 'timeout', exitStatus: 9, stopRequested: true });
    this.#units.collect(unit);
  }

  /** Makes the next start job end with this result word, such as `failed` or `dependency`. */
  failNextStart(unit: UnitName, result = 'failed'): void {
    this.#units.known(unit).nextResult = result;
  }

  /** Makes start jobs wait, the unit `activating`, until the returned function is called. */
  holdStarts(unit: UnitName): () => void {
    const known = this.#units.known(unit);
    known.starting.isHeld = true;
    return () => {
      known.starting.isHeld = false;
      // A job continues when no caller waits for it.
      if (known.starting.isEmpty && known.status.ActiveState === 'activating') this.#units.become(unit, 'active');
      known.starting.end('done');
    };
  }

  /** Holds stop jobs until the returned function is called. A start cancels them, and begins when the unit is down. */
  holdStops(unit: UnitName): () => void {
    const known = this.#units.known(unit);
    known.stopping.isHeld = true;
    return () => {
      known.stopping.isHeld = false;
      if (known.status.ActiveState === 'deactivating' && this.#units.find(unit) === known)
        this.#units.become(unit, 'inactive', stopped('success', sigterm));
    };
  }

  /** Forgets the unit, as systemd does when its file is gone and nothing runs. */
  unload(unit: UnitName): void {
    this.#units.unload(unit);
  }

  /** Sets values of `resourceUsage`; those left out are not changed. NOT_FOUND for an unknown unit. */
  use(unit: UnitName, usage: Partial<ResourceUsage>): void {
    const known = this.#units.known(unit);
    known.usage = { ...known.usage, ...usage };
  }

  /** The environment of a program that is started now. */
  get environment(): Readonly<Record<string, string>> {
    return this.#environment.all;
  }

  /** Until `comeBack`, jobs and calls reject with UNAVAILABLE and nothing is reported. Jobs that are held go on. */
  goAway(): void {
    const message = 'systemd has left the bus';
    this.#away = new GivcError('UNAVAILABLE', message, { info: { reason: 'SYSTEMD_AWAY' } });
    this.#waits.rejectAll(new GivcError('UNAVAILABLE', message, { info: { reason: 'JOB_ACCEPTED' } }));
  }

  /** systemd answers again; every watch reports the state that its unit has now, changed or not. */
  comeBack(): void {
    this.#away = undefined;
    for (const unit of this.#watches.units)
      this.#watches.report(unit, this.#units.find(unit) ? this.#units.status(unit) : stoppedStatus(unit));
  }

  async startUnit(unit: UnitName, signal?: AbortSignal): Promise<UnitStatus> {
    const known = await this.#ask(unit);
    if (known.status.LoadState === 'masked') throw new GivcError('FAILED_PRECONDITION', `Unit ${unit} is masked.`);
    if (known.conditionUnmet) return this.#units.status(unit);
    if (known.status.ActiveState === 'deactivating') await this.#stopped(known);
    if (hasExited(known.status)) this.#units.become(unit, 'inactive', stopped('success', 0));
    if (known.status.ActiveState === 'active') return this.#units.status(unit);
    const result = known.nextResult ?? (known.starting.isHeld ? await this.#starting(unit, known, signal) : 'done');
    delete known.nextResult;
    // A service of the type `exec` or `oneshot` starts in two steps, a `simple` service in one.
    const hasSteps = known.service !== undefined || known.remains || result === 'failed';
    if (hasSteps && !['activating', 'failed'].includes(known.status.ActiveState) && !leavesInactive(result))
      this.#units.pass(unit, 'activating', 'start');
    if (result === 'done') return this.#units.become(unit, 'active');
    if (!leavesInactive(result)) this.#units.become(unit, 'failed', failed);
    this.#units.collect(unit);
    const problem = result === 'failed' ? describeFailure(failed.result, failed.exitStatus) : '';
    throw jobFailed(unit, 'start', result, problem);
  }

  async stopUnit(unit: UnitName, signal?: AbortSignal): Promise<UnitStatus> {
    if (!this.#units.find(unit) && !this.#away) return stoppedStatus(unit);
    const known = await this.#ask(unit);
    known.starting.end('canceled');
    if (known.status.FreezerState === 'frozen') this.#units.change(unit, { ...known.status, FreezerState: 'running' });
    if (known.stopping.isHeld && isAlive(known.status)) return this.#stopping(unit, known, signal);
    const hasProcess = ['running', 'start'].includes(known.status.SubState);
    if (hasProcess) this.#units.pass(unit, 'deactivating', 'stop-sigterm');
    const status = this.#units.become(unit, 'inactive', stopped('success', hasProcess ? sigterm : 0));
    this.#units.collect(unit);
    return status;
  }

  async killUnit(unit: UnitName): Promise<UnitStatus> {
    await this.#askRunning(unit);
    return this.#units.end(unit, 'failed', { result: 'signal', exitStatus: 9, stopRequested: false });
  }

  async freezeUnit(unit: UnitName): Promise<UnitStatus> {
    const known = await this.#askActive(unit);
    return this.#units.change(unit, { ...known.status, FreezerState: 'frozen' });
  }

  async thawUnit(unit: UnitName): Promise<UnitStatus> {
    const known = await this.#askActive(unit);
    return this.#units.change(unit, { ...known.status, FreezerState: 'running' });
  }

  async startTransientService(service: TransientService, signal?: AbortSignal): Promise<UnitStatus> {
    const { unit, description } = service;
    if (this.#away) throw this.#away;
    const known = this.#units.find(unit);
    if (known?.service) throw new GivcError('ALREADY_EXISTS', `unit "${unit}" is loaded already`);
    if (known) throw unitFileInstalled(unit, `/etc/systemd/system/${unit}`);
    this.#units.add(newUnit(unit, description, { service }));
    return this.startUnit(unit, signal);
  }

  async isRunningAs(service: TransientService): Promise<boolean> {
    await this.listUnits([]);
    const known = this.#units.find(service.unit);
    return known !== undefined && isAlive(known.status) && isDeepStrictEqual(known.service, service);
  }

  async listTransientUnits(patterns: readonly string[]): Promise<UnitName[]> {
    const names = (await this.listUnits(patterns)).map(({ Name }) => Name as UnitName);
    return names.filter((name) => this.#units.known(name).service !== undefined);
  }

  async unitStatus(unit: UnitName): Promise<UnitStatus> {
    await this.#ask(unit);
    return this.#units.status(unit);
  }

  listUnits(patterns: readonly string[]): Promise<UnitStatus[]> {
    if (this.#away) return Promise.reject(this.#away);
    const matchers = patterns.map(globMatcher);
    const all = [...this.#units.all].map((known) => known.status);
    return Promise.resolve(all.filter((status) => matchers.some((matcher) => matcher.test(status.Name))));
  }

  async resourceUsage(unit: UnitName): Promise<ResourceUsage> {
    return (await this.#askRunning(unit)).usage;
  }

  async timeLimits(unit: UnitName): Promise<TimeLimits | undefined> {
    return unit.endsWith('.service') ? (await this.#ask(unit)).limits : undefined;
  }

  version(): Promise<string> {
    return this.#here(() => this.managerVersion);
  }

  async watchUnit(unit: UnitName, onChange: OnUnitChange): Promise<UnitWatch> {
    await Promise.resolve();
    if (this.#away && !this.#watches.has(unit)) throw this.#away;
    return this.#watches.add(unit, onChange);
  }

  isStopping(): Promise<boolean> {
    return this.#here(() => this.stopping);
  }

  managerEnvironment(): Promise<Readonly<Record<string, string>>> {
    return this.#here(() => this.environment);
  }

  setEnvironment(variables: Readonly<Record<string, string | undefined>>): Promise<void> {
    return this.#here(() => this.#environment.change(variables));
  }

  close(): Promise<void> {
    this.goAway();
    this.#watches.clear();
    return Promise.resolve();
  }

  /** Like a call over D-Bus: answers asynchronously, and not while systemd is away. */
  async #here<T>(read: () => T): Promise<T> {
    await Promise.resolve();
    if (this.#away) throw this.#away;
    return read();
  }

  #ask(unit: UnitName): Promise<FakeUnit> {
    return this.#here(() => this.#units.known(unit));
  }

  async #askRunning(unit: UnitName): Promise<FakeUnit> {
    const known = await this.#ask(unit);
    if (isAlive(known.status)) return known;
    throw new GivcError('FAILED_PRECONDITION', `unit "${unit}" does not run: it is ${known.status.ActiveState}`);
  }

  /** systemd freezes and thaws only active units without a job (FreezeUnit, org.freedesktop.systemd1(5)). */
  async #askActive(unit: UnitName): Promise<FakeUnit> {
    const known = await this.#askRunning(unit);
    if (known.status.ActiveState === 'active') return known;
    throw new GivcError('FAILED_PRECONDITION', `unit "${unit}" has a pending job: it is ${known.status.ActiveState}`);
  }

  #starting(unit: UnitName, { starting }: FakeUnit, signal: AbortSignal | undefined): Promise<string> {
    const job = starting.join(this.#waits.start(`StartUnit ${unit}`, signal));
    this.#units.pass(unit, 'activating', 'start');
    return job;
  }

  async #stopping(unit: UnitName, known: FakeUnit, signal: AbortSignal | undefined): Promise<UnitStatus> {
    const job = known.stopping.join(this.#waits.start(`StopUnit ${unit}`, signal));
    this.#units.pass(unit, 'deactivating', 'stop');
    const result = await job;
    if (result !== 'done') throw jobFailed(unit, 'stop', result, '');
    return stoppedStatus(unit, known.status);
  }

  /** Resolves once a unit that is on its way down is down; the stop that was requested is rejected as cancelled. */
  #stopped({ stopping, onStopped }: FakeUnit): Promise<void> {
    stopping.end('canceled');
    return new Promise((resolve) => onStopped.add(resolve));
  }
}
