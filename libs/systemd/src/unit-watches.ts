// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Listeners } from '@givc/events';
import { GivcError, isAlive, stoppedStatus, type UnitName, type UnitStatus } from '@givc/model';
import type { BusSignal } from '@givc/dbus';
import { unitOfPath, unitPath } from './names.js';
import { managerPath, type SystemdLink } from './systemd-link.js';
import type { Ending, OnUnitChange, UnitWatch } from './systemd.js';
import { withoutStaleFreeze, type Units } from './units.js';

interface WatchedUnit {
  readonly unit: UnitName;
  readonly listeners: Listeners<Parameters<OnUnitChange>>;
  users: number;
  ready: Promise<void>;
  established: boolean;
  /** Whether `status` has been read since systemd was reachable again or has reloaded its configuration. */
  isCurrent: boolean;
  /** The object whose signals are received; not the unit's own when its name is an alias. */
  path: string;
  status: UnitStatus;
  /** The last ending of a service; systemd signals it before the state. */
  ending: Omit<Ending, 'stopRequested'>;
  /** Whether a job has ended its last run. */
  stopRequested: boolean;
  /**
   * Counts the signals with a state, so that an answer that was requested before a signal does not replace its state.
   */
  signals: number;
}

type Properties = Readonly<Record<string, { readonly value: string | number | readonly [number, string] } | undefined>>;

const stateFields = ['ActiveState', 'SubState', 'FreezerState'] as const;
const fields = ['Description', 'LoadState', 'Path', ...stateFields] as const;
const sameStatus = (a: UnitStatus, b: UnitStatus): boolean => fields.every((field) => a[field] === b[field]);
const stateOf = ({ ActiveState, SubState, FreezerState }: UnitStatus): Partial<UnitStatus> => ({
  ActiveState,
  SubState,
  FreezerState,
});

const serviceInterface = 'org.freedesktop.systemd1.Service';
const noEnding = { result: '', exitStatus: 0 };

const isUp = ({ ActiveState }: Partial<UnitStatus>): boolean => ActiveState === 'active' || ActiveState === 'reloading';

/**
 * Whether this change ends a run: from active, or from activating to deactivating. A pending automatic restart does not
 * count as a run.
 */
const isEnd = (from: UnitStatus, { ActiveState: to }: Partial<UnitStatus>): boolean =>
  to !== undefined && (isUp(from) || (from.ActiveState === 'activating' && to === 'deactivating'));

/** `Job` of a unit: the job's id, 0 when there is none, and its path. */
const hasJob = (job: string | number | readonly [number, string] | undefined): boolean =>
  Array.isArray(job) && job[0] !== 0;

const propertiesRule = (path: string, iface: string): string =>
  `type='signal',sender='org.freedesktop.systemd1',path='${path}',interface='org.freedesktop.DBus.Properties',` +
  `member='PropertiesChanged',arg0='${iface}'`;

const rulesOf = (path: string): readonly string[] => [
  propertiesRule(path, 'org.freedesktop.systemd1.Unit'),
  ...(path.endsWith('_2eservice') ? [propertiesRule(path, serviceInterface)] : []),
  // UnitNew and UnitRemoved, whose first argument is the name of the unit.
  `type='signal',sender='org.freedesktop.systemd1',path='${managerPath}',arg0='${unitOfPath(path)}'`,
];

/** The state of a watched unit, and how many signals with a state have arrived for it. */
export type FollowedState = Readonly<Pick<WatchedUnit, 'status' | 'signals'>>;

/** The units that are watched, with the last known state of each. */
export class UnitWatches {
  readonly #watched = new Map<UnitName, WatchedUnit>();
  #reloading = false;

  constructor(
    private readonly link: SystemdLink,
    private readonly units: Units,
  ) {}

  /** Implements `Systemd.watchUnit`. */
  async watch(unit: UnitName, onChange: OnUnitChange): Promise<UnitWatch> {
    const watched = this.#watched.get(unit) ?? this.#begin(unit);
    watched.users++;
    await watched.ready;
    const remove = watched.listeners.add(onChange);
    return {
      close: () => {
        if (remove() && --watched.users === 0) this.#end(watched);
      },
    };
  }

  /** Called when systemd is reachable again; a new bus has none of the match rules. */
  onReady(newBus: boolean): void {
    this.#reloading = false;
    for (const watched of this.#established()) {
      if (newBus) this.#restartOnFailure(this.#changeMatches('AddMatch', watched.path));
      this.#restartOnFailure(this.#readAndReport(watched, true));
    }
  }

  /** Sets the description of a unit that is about to be created; systemd sends no signal for it. */
  setDescription(unit: UnitName, description: string): void {
    const watched = this.#watched.get(unit);
    if (watched) watched.status = { ...watched.status, Description: description };
  }

  /**
   * The state of a unit that is watched, as of the last signal; undefined while it may have changed without a signal.
   * Signals are received in the order of systemd, also relative to its replies and to the ends of jobs: the state of a
   * unit at the end of its job is signalled before that end.
   */
  followed(unit: UnitName): FollowedState | undefined {
    const watched = this.#watched.get(unit);
    if (!watched?.isCurrent || this.#reloading) return undefined;
    const { status, signals } = watched;
    return { status, signals };
  }

  /** Requests a state for which systemd sends no signal; a change is reported before this resolves. */
  async poll(unit: UnitName): Promise<void> {
    const watched = this.#watched.get(unit);
    if (watched?.established) await this.#poll(watched);
  }

  onSignal({ member, path, body }: BusSignal): void {
    switch (member) {
      case 'PropertiesChanged':
        this.#propertiesChanged(path, body[0], (body[1] ?? {}) as Properties);
        break;
      case 'UnitNew':
        for (const watched of this.#unitsAt(body[1])) this.#restartOnFailure(this.#poll(watched));
        break;
      case 'UnitRemoved':
        this.#unitRemoved(body[1]);
        break;
      case 'Reloading':
        this.#reloading = body[0] === true;
        if (!this.#reloading)
          for (const watched of this.#established()) this.#restartOnFailure(this.#readAndReport(watched, false));
        break;
    }
  }

  #propertiesChanged(path: string, iface: unknown, changed: Properties): void {
    for (const watched of this.#unitsAt(path)) {
      if (iface === serviceInterface) {
        watched.ending = {
          result: String(changed['Result']?.value ?? watched.ending.result),
          exitStatus: Number(changed['ExecMainStatus']?.value ?? watched.ending.exitStatus),
        };
        continue;
      }
      const state: Partial<UnitStatus> = {};
      for (const field of stateFields) {
        const value = changed[field]?.value;
        if (value !== undefined) state[field] = String(value);
      }
      // systemd ends the remaining processes of a unit in the same states, whether or not a stop was requested.
      if (isUp(state) || state.ActiveState === 'activating') watched.stopRequested = false;
      else if (isEnd(watched.status, state)) watched.stopRequested = hasJob(changed['Job']?.value);
      this.#signalled(watched, state);
    }
  }

  #unitRemoved(path: unknown): void {
    // systemd(1) unloads and reloads all units when it reloads its configuration.
    if (this.#reloading) return;
    for (const watched of this.#unitsAt(path)) this.#signalled(watched, stateOf(stoppedStatus(watched.unit)));
  }

  #signalled(watched: WatchedUnit, state: Partial<UnitStatus>): void {
    watched.signals++;
    this.#report(watched, { ...watched.status, ...state });
  }

  #begin(unit: UnitName): WatchedUnit {
    const path = unitPath(unit);
    const watched: WatchedUnit = {
      unit,
      listeners: new Listeners(),
      users: 0,
      ready: Promise.resolve(),
      established: false,
      isCurrent: false,
      path,
      status: stoppedStatus(unit, { Path: path }),
      ending: noEnding,
      stopRequested: false,
      signals: 0,
    };
    this.#watched.set(unit, watched);
    watched.ready = this.#establish(watched);
    return watched;
  }

  async #establish(watched: WatchedUnit): Promise<void> {
    try {
      [, watched.status] = await Promise.all([this.#changeMatches('AddMatch', watched.path), this.#read(watched)]);
      watched.established = true;
      watched.isCurrent = true;
    } catch (error) {
      this.#end(watched);
      throw error;
    }
  }

  /** Requests the state, even of a unit that is not loaded. Follows an alias to its unit. */
  async #read(watched: WatchedUnit): Promise<UnitStatus> {
    let { signals } = watched;
    try {
      let status = await this.units.status(watched.unit);
      if (status.Path !== watched.path) {
        this.#forget(watched.path);
        watched.path = status.Path;
        signals = watched.signals;
        [, status] = await Promise.all([this.#changeMatches('AddMatch', status.Path), this.units.status(watched.unit)]);
      }
      return this.#merge(watched, status, signals);
    } catch (error) {
      if (!(error instanceof GivcError && error.reason === 'NOT_FOUND')) throw error;
      return this.#merge(watched, stoppedStatus(watched.unit, watched.status), signals);
    }
  }

  async #readAndReport(watched: WatchedUnit, always: boolean): Promise<void> {
    watched.isCurrent = false;
    this.#report(watched, await this.#read(watched), always);
    watched.isCurrent = true;
  }

  /**
   * Requests the state of a unit if it is loaded. Loading the unit would cause the next UnitNew, in an endless loop.
   */
  async #poll(watched: WatchedUnit): Promise<void> {
    const { signals } = watched;
    const status = await this.units.loadedStatus(watched.path);
    if (status) this.#report(watched, this.#merge(watched, { ...status, Name: watched.unit }, signals));
  }

  /** The answer, but with the state of the signals that arrived since it was requested. */
  #merge(watched: WatchedUnit, status: UnitStatus, signals: number): UnitStatus {
    return watched.signals === signals ? status : { ...status, ...stateOf(watched.status) };
  }

  #report(watched: WatchedUnit, raw: UnitStatus, always = false): void {
    const status = withoutStaleFreeze(raw);
    const changed = !sameStatus(watched.status, status);
    watched.status = status;
    const ending =
      isAlive(status) || watched.ending === noEnding
        ? undefined
        : { ...watched.ending, stopRequested: watched.stopRequested };
    if (isAlive(status)) watched.ending = noEnding;
    if (changed || always) watched.listeners.notify(status, ending);
  }

  #end(watched: WatchedUnit): void {
    watched.established = false;
    if (this.#watched.get(watched.unit) === watched) this.#watched.delete(watched.unit);
    this.#forget(watched.path);
  }

  async #changeMatches(member: 'AddMatch' | 'RemoveMatch', path: string): Promise<void> {
    await Promise.all(rulesOf(path).map((rule) => this.link.match(member, rule)));
  }

  #forget(path: string): void {
    this.#changeMatches('RemoveMatch', path).catch(() => {
      // A rule that cannot be removed ends with its connection.
    });
  }

  /** A failure here is not reported: a new connection starts from the state found then. */
  #restartOnFailure(attempt: Promise<void>): void {
    attempt.catch((error: unknown) => this.link.restart(error));
  }

  #established(): WatchedUnit[] {
    return [...this.#watched.values()].filter((watched) => watched.established);
  }

  #unitsAt(path: unknown): WatchedUnit[] {
    return [...this.#watched.values()].filter((watched) => watched.path === path);
  }
}
