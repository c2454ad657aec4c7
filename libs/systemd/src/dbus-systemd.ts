// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, hasExited, isAlive, stoppedStatus, type UnitName, type UnitStatus } from '@givc/model';
import { busAddress, BusError, defaultBus, socketOfAddress, type BusName, type BusSignal } from '@givc/dbus';
import { managerTimes, unitTimes, type ManagerTimes, type UnitTimes } from './boot-times.js';
import { afterJob, jobFailed, Jobs } from './jobs.js';
import { resourceUsage } from './resource-usage.js';
import { managerInterface, SystemdLink } from './systemd-link.js';
import {
  Systemd,
  type OnUnitChange,
  type ResourceUsage,
  type TimeLimits,
  type TransientService,
  type UnitWatch,
} from './systemd.js';
import { definitionOf, transientServiceCall } from './transient-service.js';
import { UnitWatches } from './unit-watches.js';
import { Units } from './units.js';
import { PendingEvents } from './pending-events.js';

/** The settings of the connection to a service manager. */
export interface DbusSystemdOptions {
  /** By default the system bus for root, and the session bus for other users. */
  readonly bus?: BusName;
  /** A D-Bus address, instead of the one from the environment. */
  readonly address?: string;
}

/** A killed unit counts as ended even when systemd is about to start it again (`Restart=`). */
const hasEnded = (status: UnitStatus): boolean => !isAlive(status) || status.SubState === 'auto-restart';

const isActive = ({ ActiveState }: UnitStatus): boolean => ActiveState === 'active';

const isNoSuchUnit = (error: unknown): boolean =>
  error instanceof BusError && error.errorName === 'org.freedesktop.systemd1.NoSuchUnit';

const unitExists = (error: unknown): boolean =>
  error instanceof BusError && error.errorName === 'org.freedesktop.systemd1.UnitExists';

/** For optional reads: undefined while systemd is unreachable. */
function undefinedIfUnavailable(error: unknown): undefined {
  if (!(error instanceof GivcError && error.reason === 'UNAVAILABLE')) throw error;
}

const splitOnce = (text: string, separator: string): [string, string] => {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
};

/** The largest value stands for `infinity`. */
const limitMs = (usec: bigint): number => (usec >= 2n ** 64n - 1n ? Infinity : Number(usec / 1_000n));

/** systemd over D-Bus, one connection for everything. */
export class DbusSystemd extends Systemd {
  readonly #link: SystemdLink;
  readonly #units: Units;
  readonly #watches: UnitWatches;
  readonly #waits = new PendingEvents();
  readonly #jobs: Jobs;

  private constructor(
    private readonly bus: BusName,
    socket: string,
  ) {
    super();
    this.#link = new SystemdLink(socket, {
      onReady: (newBus) => this.#watches.onReady(newBus),
      onLost: (error) => this.#waits.rejectAll(error),
      onSignal: (signal) => this.#receive(signal),
    });
    this.#units = new Units(this.#link);
    this.#watches = new UnitWatches(this.#link, this.#units);
    this.#jobs = new Jobs(this.#link, this.#waits);
  }

  /**
   * Resolves when systemd answers on the bus; UNAVAILABLE when it does not. A connection that is lost later is restored
   * by itself, and watches continue.
   */
  static async connect({
    bus = defaultBus(),
    address = busAddress(bus),
  }: DbusSystemdOptions = {}): Promise<DbusSystemd> {
    const systemd = new DbusSystemd(bus, socketOfAddress(address));
    await systemd.#link.connect();
    return systemd;
  }

  async startUnit(unit: UnitName, signal?: AbortSignal): Promise<UnitStatus> {
    const before = this.#aliveStatus(unit) ?? (await this.#units.rawStatus(unit).catch(undefinedIfUnavailable));
    const signalsBefore = this.#watches.followed(unit)?.signals;
    const member = before && hasExited(before) ? 'RestartUnit' : 'StartUnit';
    const result = await this.#jobs.run(unit, { member, signature: 'ss', body: [unit, 'replace'] }, signal);
    if (result !== 'done') throw jobFailed(unit, 'start', result, await this.#units.failure(unit));
    return afterJob(unit, async () => {
      // systemd keeps the state of a freeze whose processes have ended, and would report it for the new ones.
      if (before && !isAlive(before) && before.FreezerState !== 'running') return this.thawUnit(unit);
      const now = this.#watches.followed(unit);
      return now && now.signals !== signalsBefore && isActive(now.status) ? now.status : this.#units.status(unit);
    });
  }

  async stopUnit(unit: UnitName, signal?: AbortSignal): Promise<UnitStatus> {
    let known: UnitStatus | undefined;
    try {
      known = await this.#units.status(unit);
      if (known.FreezerState !== 'running') await this.#call('ThawUnit', unit);
      const call = { member: 'StopUnit', signature: 'ss', body: [unit, 'replace'] };
      const result = await this.#jobs.run(unit, call, signal);
      if (result !== 'done') throw jobFailed(unit, 'stop', result, '');
      const status = await this.#units.status(unit);
      return isAlive(status) ? status : stoppedStatus(unit, status);
    } catch (error) {
      if (error instanceof GivcError && error.reason === 'NOT_FOUND') return stoppedStatus(unit, known);
      throw error;
    }
  }

  async killUnit(unit: UnitName, signal?: AbortSignal): Promise<UnitStatus> {
    const status = await this.#units.status(unit);
    if (!isAlive(status)) throw notRunning(unit, status);
    if (status.FreezerState !== 'running') await this.#call('ThawUnit', unit);
    const left = this.#waits.start<UnitStatus>(`KillUnit ${unit}`, signal);
    const watch = await this.#watches.watch(unit, (changed) => {
      if (hasEnded(changed)) left.resolve(changed);
    });
    try {
      const sigkill = 9;
      await this.#call('KillUnit', unit, 'ssi', ['all', sigkill]);
      return await left.promise;
    } finally {
      watch.close();
    }
  }

  async freezeUnit(unit: UnitName): Promise<UnitStatus> {
    await this.#call('FreezeUnit', unit);
    return this.#statusAfterFreezer(unit);
  }

  async thawUnit(unit: UnitName): Promise<UnitStatus> {
    await this.#call('ThawUnit', unit);
    return this.#statusAfterFreezer(unit);
  }

  async startTransientService(service: TransientService, signal?: AbortSignal): Promise<UnitStatus> {
    const { unit } = service;
    this.#watches.setDescription(unit, service.description);
    const unref = (): Promise<unknown> => this.#link.call({ member: 'UnrefUnit', signature: 's', body: [unit] });
    let result: string;
    try {
      result = await this.#jobs.run(unit, transientServiceCall(service, this.bus), signal);
    } catch (error) {
      // If systemd rejected the start, there is no unit to release. Otherwise release it if systemd is still reachable.
      if (!(error instanceof BusError)) unref().catch(() => undefined);
      if (unitExists(error)) await this.#units.assertNoFile(unit);
      throw error;
    }
    // The start has taken a reference to the unit, so that systemd still knows how its program ended.
    const [status, failure] = await Promise.all([
      this.#units.status(unit),
      result === 'done' ? '' : this.#units.failure(unit),
      unref(),
    ]);
    if (result === 'done') return status;
    if (service.restart) await this.stopUnit(unit);
    throw jobFailed(unit, 'start', result, failure);
  }

  async isRunningAs(service: TransientService): Promise<boolean> {
    const [status] = await this.#units.list([service.unit]);
    if (!status || !isAlive(status)) return false;
    const environment = (await this.#units.typeProperty(service.unit, 'Environment')) as string[];
    return environment.includes(definitionOf(service, this.bus));
  }

  async listTransientUnits(patterns: readonly string[]): Promise<UnitName[]> {
    const names = (await this.#units.list(patterns)).map(({ Name }) => Name as UnitName);
    const isTransient = await Promise.all(names.map((name) => this.#units.property(name, 'Transient')));
    return names.filter((_name, index) => isTransient[index] === true);
  }

  unitStatus(unit: UnitName): Promise<UnitStatus> {
    return this.#units.status(unit);
  }

  listUnits(patterns: readonly string[]): Promise<UnitStatus[]> {
    return this.#units.list(patterns);
  }

  resourceUsage(unit: UnitName): Promise<ResourceUsage> {
    return resourceUsage(this.#units, unit);
  }

  async timeLimits(unit: UnitName): Promise<TimeLimits | undefined> {
    if (!unit.endsWith('.service')) return undefined;
    await this.#units.status(unit);
    const [start, stop] = await Promise.all(
      ['TimeoutStartUSec', 'TimeoutStopUSec'].map((name) => this.#units.typeProperty(unit, name)),
    );
    return { startMs: limitMs(start as bigint), stopMs: limitMs(stop as bigint) };
  }

  async version(): Promise<string> {
    return (await this.#managerProperty('Version')) as string;
  }

  watchUnit(unit: UnitName, onChange: OnUnitChange): Promise<UnitWatch> {
    return this.#watches.watch(unit, onChange);
  }

  async isStopping(): Promise<boolean> {
    return (await this.#managerProperty('SystemState')) === 'stopping';
  }

  async managerEnvironment(): Promise<Readonly<Record<string, string>>> {
    const assignments = (await this.#managerProperty('Environment')) as string[];
    return Object.fromEntries(assignments.map((assignment) => splitOnce(assignment, '=')));
  }

  async setEnvironment(variables: Readonly<Record<string, string | undefined>>): Promise<void> {
    const unset: string[] = [];
    const set: string[] = [];
    for (const [name, value] of Object.entries(variables))
      if (value === undefined) unset.push(name);
      else set.push(`${name}=${value}`);
    await this.#link.call({ member: 'UnsetAndSetEnvironment', signature: 'asas', body: [unset, set] });
  }

  override managerTimes(): Promise<ManagerTimes> {
    return managerTimes((name) => this.#managerProperty(name));
  }

  override unitTimes(unit: UnitName): Promise<UnitTimes> {
    return unitTimes(this.#units, unit);
  }

  close(): Promise<void> {
    this.#link.close();
    return Promise.resolve();
  }

  async #managerProperty(name: string): Promise<unknown> {
    const call = { interface: 'org.freedesktop.DBus.Properties', member: 'Get', signature: 'ss' };
    const [variant] = await this.#link.call({ ...call, body: [managerInterface, name] });
    return (variant as { value: unknown }).value;
  }

  /** systemd (252) sends no signal when it freezes or thaws a unit, so the watches ask for the state. */
  async #statusAfterFreezer(unit: UnitName): Promise<UnitStatus> {
    const [status] = await Promise.all([this.#units.status(unit), this.#watches.poll(unit)]);
    return status;
  }

  /** Calls a method that systemd rejects for units that are not loaded. */
  async #call(member: string, unit: UnitName, signature = 's', more: unknown[] = []): Promise<void> {
    try {
      await this.#link.call({ member, signature, body: [unit, ...more] });
    } catch (error) {
      if (!isNoSuchUnit(error)) throw error;
      throw notRunning(unit, await this.#units.status(unit));
    }
  }

  /** The state of a watched unit that is alive. One that is not may have lost its file, or kept a stale freeze. */
  #aliveStatus(unit: UnitName): UnitStatus | undefined {
    const followed = this.#watches.followed(unit);
    return followed && isAlive(followed.status) ? followed.status : undefined;
  }

  #receive(signal: BusSignal): void {
    if (signal.member === 'JobRemoved') this.#jobs.onJobRemoved(signal.body);
    else this.#watches.onSignal(signal);
  }
}

const notRunning = (unit: UnitName, status: UnitStatus): GivcError =>
  new GivcError('FAILED_PRECONDITION', `unit "${unit}" does not run: it is ${status.ActiveState} (${status.SubState})`);
