import { isDeepStrictEqual } from 'node:util';
import { GivcError, isAlive, parseUnitName, stoppedStatus, type UnitName, type UnitStatus } from '@givc/model';
import { jobFailed } from './jobs.js';
import { unitPath } from './names.js';
import {
  Systemd,
  type Ending,
  type OnUnitChange,
  type ResourceUsage,
  type TransientService,
  type UnitWatch,
} from './systemd.js';
import { unknownUnit } from './units.js';
import { Waits, type Wait } from './waits.js';

export interface FakeUnitOptions {
  readonly description?: string;
  /** Whether the unit runs from the beginning. */
  readonly active?: boolean;
}

interface FakeUnit {
  status: UnitStatus;
  /** What it was started from, when it has no file. */
  readonly service: TransientService | undefined;
  usage: ResourceUsage;
  /** The result of the next start job, when it is not to be `done`. */
  nextResult?: string;
  /** Start jobs wait until somebody releases them. */
  held: boolean;
  readonly starting: Set<Wait<string>>;
}

/**
 * A service manager for tests in one process. It knows the units that it was told of and the transient ones that it was
 * asked to start, and refuses all others. Whatever happens is reported to watches before the call that did it resolves.
 */
export class FakeSystemd extends Systemd {
  readonly #units = new Map<UnitName, FakeUnit>();
  readonly #watches = new Map<UnitName, Set<OnUnitChange>>();
  readonly #waits = new Waits();
  readonly #environment = new Map<string, string>();
  #away: GivcError | undefined;

  /** Gives it a unit, stopped unless said otherwise. */
  define(name: string, { description = name, active = false }: FakeUnitOptions = {}): UnitName {
    const unit = parseUnitName('unit', name);
    this.#units.set(unit, newUnit(unit, description));
    if (active) this.#become(unit, 'active');
    return unit;
  }

  /** A program ends by itself and badly. */
  crash(unit: UnitName): void {
    this.#end(unit, 'failed', { result: 'exit-code', status: 1, asked: false });
  }

  /** A program ends by itself and well. */
  exit(unit: UnitName): void {
    this.#end(unit, 'inactive', { result: 'success', status: 0, asked: false });
  }

  /** A program that is to be restarted has ended too often. */
  giveUp(unit: UnitName): void {
    this.#become(unit, 'failed', { result: 'exit-code', status: 1, asked: false });
    this.#collect(unit);
  }

  /** Somebody stops the unit, which does not end in time and is killed. */
  stopBadly(unit: UnitName): void {
    this.#become(unit, 'failed', { result: 'timeout', status: 9, asked: true });
    this.#collect(unit);
  }

  /** Makes the next start job end with this result word, such as `failed` or `dependency`. */
  failNextStart(unit: UnitName, result = 'failed'): void {
    this.#known(unit).nextResult = result;
  }

  /** Makes start jobs wait, the unit `activating`, until the returned function is called. */
  holdStarts(unit: UnitName): () => void {
    const known = this.#known(unit);
    known.held = true;
    return () => {
      known.held = false;
      for (const wait of [...known.starting]) wait.resolve('done');
    };
  }

  /** Forgets the unit, as systemd does when its file is gone and nothing runs. */
  unload(unit: UnitName): void {
    const { status } = this.#known(unit);
    this.#units.delete(unit);
    this.#report(unit, stoppedStatus(unit, status));
  }

  use(unit: UnitName, usage: Partial<ResourceUsage>): void {
    const known = this.#known(unit);
    known.usage = { ...known.usage, ...usage };
  }

  /** What a program would find that it started now, as far as it was told. */
  get environment(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#environment);
  }

  /** systemd leaves the bus: pending jobs and all calls reject with UNAVAILABLE until `comeBack`. */
  goAway(): void {
    this.#away = new GivcError('UNAVAILABLE', 'systemd has left the bus');
    this.#waits.rejectAll(this.#away);
  }

  comeBack(): void {
    this.#away = undefined;
    for (const [unit, listeners] of this.#watches)
      for (const listener of [...listeners]) listener(this.#units.get(unit)?.status ?? stoppedStatus(unit));
  }

  async startUnit(unit: UnitName, signal?: AbortSignal): Promise<UnitStatus> {
    const known = await this.#ask(unit);
    if (known.status.ActiveState === 'active') return known.status;
    const result = known.nextResult ?? (known.held ? await this.#held(unit, known, signal) : 'done');
    delete known.nextResult;
    if (result === 'done') return this.#become(unit, 'active');
    if (result !== 'canceled') this.#become(unit, 'failed');
    this.#collect(unit);
    throw jobFailed(unit, 'start', result, '');
  }

  async stopUnit(unit: UnitName): Promise<UnitStatus> {
    if (!this.#units.has(unit) && !this.#away) return stoppedStatus(unit);
    const known = await this.#ask(unit);
    for (const wait of [...known.starting]) wait.resolve('canceled');
    const status = this.#become(unit, 'inactive', { result: 'success', status: 0, asked: true });
    this.#collect(unit);
    return status;
  }

  async killUnit(unit: UnitName): Promise<UnitStatus> {
    await this.#askRunning(unit);
    return this.#end(unit, 'failed', { result: 'signal', status: 9, asked: false });
  }

  async freezeUnit(unit: UnitName): Promise<UnitStatus> {
    const known = await this.#askRunning(unit);
    return this.#change(unit, { ...known.status, FreezerState: 'frozen' });
  }

  async thawUnit(unit: UnitName): Promise<UnitStatus> {
    const known = await this.#askRunning(unit);
    return this.#change(unit, { ...known.status, FreezerState: 'running' });
  }

  async startTransientService(service: TransientService, signal?: AbortSignal): Promise<UnitStatus> {
    const { unit, description } = service;
    if (this.#away) throw this.#away;
    if (this.#units.has(unit)) throw new GivcError('ALREADY_EXISTS', `unit "${unit}" is loaded already`);
    this.#units.set(unit, newUnit(unit, description, service));
    return this.startUnit(unit, signal);
  }

  async isRunningAs(service: TransientService): Promise<boolean> {
    await this.listUnits([]);
    const known = this.#units.get(service.unit);
    return known !== undefined && isAlive(known.status) && isDeepStrictEqual(known.service, service);
  }

  async listTransientUnits(patterns: readonly string[]): Promise<UnitName[]> {
    const names = (await this.listUnits(patterns)).map(({ Name }) => Name as UnitName);
    return names.filter((name) => this.#known(name).service !== undefined);
  }

  async unitStatus(unit: UnitName): Promise<UnitStatus> {
    return (await this.#ask(unit)).status;
  }

  listUnits(patterns: readonly string[]): Promise<UnitStatus[]> {
    if (this.#away) return Promise.reject(this.#away);
    const matchers = patterns.map(globMatcher);
    const all = [...this.#units.values()].map((known) => known.status);
    return Promise.resolve(all.filter((status) => matchers.some((matcher) => matcher.test(status.Name))));
  }

  async resourceUsage(unit: UnitName): Promise<ResourceUsage> {
    return (await this.#askRunning(unit)).usage;
  }

  async watchUnit(unit: UnitName, onChange: OnUnitChange): Promise<UnitWatch> {
    await Promise.resolve();
    if (this.#away) throw this.#away;
    const listener: OnUnitChange = (status, ending) => onChange(status, ending);
    const listeners = this.#watches.get(unit) ?? new Set();
    this.#watches.set(unit, listeners.add(listener));
    return { close: () => void listeners.delete(listener) };
  }

  async setEnvironment(variables: Readonly<Record<string, string | undefined>>): Promise<void> {
    await Promise.resolve();
    if (this.#away) throw this.#away;
    for (const [name, value] of Object.entries(variables))
      if (value === undefined) this.#environment.delete(name);
      else this.#environment.set(name, value);
  }

  close(): Promise<void> {
    this.goAway();
    this.#watches.clear();
    return Promise.resolve();
  }

  #known(unit: UnitName): FakeUnit {
    const known = this.#units.get(unit);
    if (!known) throw unknownUnit(unit);
    return known;
  }

  /** As a call over D-Bus: an answer takes a turn, and none comes while systemd is away. */
  async #ask(unit: UnitName): Promise<FakeUnit> {
    await Promise.resolve();
    if (this.#away) throw this.#away;
    return this.#known(unit);
  }

  async #askRunning(unit: UnitName): Promise<FakeUnit> {
    const known = await this.#ask(unit);
    if (isAlive(known.status)) return known;
    throw new GivcError('FAILED_PRECONDITION', `unit "${unit}" does not run: it is ${known.status.ActiveState}`);
  }

  async #held(unit: UnitName, known: FakeUnit, signal: AbortSignal | undefined): Promise<string> {
    const wait = this.#waits.start<string>(`StartUnit ${unit}`, signal);
    known.starting.add(wait);
    this.#change(unit, { ...known.status, ActiveState: 'activating', SubState: 'start' });
    try {
      return await wait.promise;
    } finally {
      known.starting.delete(wait);
    }
  }

  #become(unit: UnitName, active: 'active' | 'inactive' | 'failed', ending?: Ending): UnitStatus {
    const running = unit.endsWith('.service') ? 'running' : 'active';
    const sub = { active: running, inactive: 'dead', failed: 'failed' }[active];
    const { status } = this.#known(unit);
    return this.#change(unit, { ...status, ActiveState: active, SubState: sub, FreezerState: 'running' }, ending);
  }

  /** Of itself; what is to be restarted runs again when this returns. */
  #end(unit: UnitName, how: 'inactive' | 'failed', ending: Ending): UnitStatus {
    const { service, status } = this.#known(unit);
    if (service?.restart) {
      const left = { ...status, ActiveState: 'activating', SubState: 'auto-restart', FreezerState: 'running' };
      this.#change(unit, left, ending);
      this.#become(unit, 'active');
      return left;
    }
    const ended = this.#become(unit, how, ending);
    this.#collect(unit);
    return ended;
  }

  #change(unit: UnitName, status: UnitStatus, ending?: Ending): UnitStatus {
    const known = this.#known(unit);
    const before = known.status;
    known.status = status;
    const fields = ['ActiveState', 'SubState', 'FreezerState'] as const;
    if (fields.some((field) => before[field] !== status[field])) this.#report(unit, status, ending);
    return status;
  }

  /** A transient unit is unloaded when it has ended (CollectMode=inactive-or-failed). */
  #collect(unit: UnitName): void {
    const known = this.#known(unit);
    if (!known.service || isAlive(known.status)) return;
    this.#change(unit, stoppedStatus(unit, known.status));
    this.#units.delete(unit);
  }

  #report(unit: UnitName, status: UnitStatus, ending?: Ending): void {
    for (const listener of [...(this.#watches.get(unit) ?? [])]) listener(status, ending);
  }
}

const newUnit = (unit: UnitName, description: string, service?: TransientService): FakeUnit => ({
  status: stoppedStatus(unit, { Description: description, Path: unitPath(unit) }),
  service,
  usage: { cpuNsec: 0n, activeNsec: 0n, memoryBytes: 0 },
  held: false,
  starting: new Set(),
});

const globMatcher = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
  );
