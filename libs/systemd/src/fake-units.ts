// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isAlive, stoppedStatus, type UnitName, type UnitStatus } from '@givc/model';
import { unitPath } from './names.js';
import type { Ending, ResourceUsage, TimeLimits, TransientService } from './systemd.js';
import { unknownUnit } from './units.js';
import { HeldJobs } from './held-jobs.js';

/** The initial state of an installed unit of a `FakeSystemd`. */
export interface FakeUnitOptions {
  /** By default the name of the unit. */
  readonly description?: string;
  /** Whether the unit runs from the beginning. */
  readonly active?: boolean;
  /** Whether it stays active without a process after its work (`RemainAfterExit=yes`). */
  readonly remains?: boolean;
  /** Whether its unit file is a link to /dev/null. */
  readonly masked?: boolean;
  /** Whether it has a condition that is not met, so that each start is done without effect. */
  readonly conditionUnmet?: boolean;
  /** By default 90 s each, as systemd has them. */
  readonly limits?: TimeLimits;
}

export interface FakeUnit {
  status: UnitStatus;
  /** The description that it was started from; undefined when it has a file. */
  readonly service: TransientService | undefined;
  readonly remains: boolean;
  readonly conditionUnmet: boolean;
  readonly limits: TimeLimits;
  usage: ResourceUsage;
  /** The result of the next start job; undefined for `done`. */
  nextResult?: string;
  readonly starting: HeldJobs;
  readonly stopping: HeldJobs;
  /** Called when a held stop job has ended. */
  readonly onStopped: Set<() => void>;
}

export const newUnit = (
  unit: UnitName,
  description: string,
  options: Pick<FakeUnitOptions, 'remains' | 'masked' | 'conditionUnmet' | 'limits'> & {
    readonly service?: TransientService;
  } = {},
): FakeUnit => ({
  status: stoppedStatus(unit, {
    Description: description,
    LoadState: options.masked ? 'masked' : 'loaded',
    Path: unitPath(unit),
  }),
  service: options.service,
  remains: options.remains ?? false,
  conditionUnmet: options.conditionUnmet ?? false,
  limits: options.limits ?? { startMs: 90_000, stopMs: 90_000 },
  usage: { cpuNsec: 0n, activeNsec: 0n, memoryBytes: 0, tasks: 1 },
  starting: new HeldJobs(),
  stopping: new HeldJobs(),
  onStopped: new Set(),
});

/** The status of a unit that has just entered this state. */
function statusOnce(
  active: 'active' | 'inactive' | 'failed',
  { status: before, remains }: Pick<FakeUnit, 'status' | 'remains'>,
): UnitStatus {
  const running = remains ? 'exited' : before.Name.endsWith('.service') ? 'running' : 'active';
  const sub = { active: running, inactive: 'dead', failed: 'failed' }[active];
  return { ...before, ActiveState: active, SubState: sub, FreezerState: 'running' };
}

/** Ends the jobs of a unit that has stopped; `before` is its previous state. */
function endJobs({ starting, stopping, onStopped }: FakeUnit, before: string): void {
  if (before === 'activating') starting.end('failed');
  if (before !== 'deactivating') return;
  stopping.end('done');
  for (const listener of onStopped) listener();
  onStopped.clear();
}

/** The units of a fake service manager and their state changes, each of which is reported. */
export class FakeUnits {
  readonly #units = new Map<UnitName, FakeUnit>();
  /** The names of each unit, by its main name. */
  readonly #aliases = new Map<UnitName, UnitName>();
  readonly #templates = new Set<string>();

  constructor(private readonly report: (unit: UnitName, status: UnitStatus, ending?: Ending) => void) {}

  get all(): Iterable<FakeUnit> {
    return this.#units.values();
  }

  /** Adds a unit; replaces one with the same name. */
  add(unit: FakeUnit): void {
    this.#units.set(unit.status.Name as UnitName, unit);
  }

  alias(alias: UnitName, unit: UnitName): void {
    this.#aliases.set(alias, unit);
  }

  /** Adds a template such as `app@.service`, whose instances are created on first use. */
  addTemplate(template: string): void {
    this.#templates.add(template);
  }

  find(name: UnitName): FakeUnit | undefined {
    const unit = this.#aliases.get(name) ?? name;
    if (!this.#units.has(unit) && this.#templates.has(unit.replace(/@.*(?=\.)/, '@'))) this.add(newUnit(unit, unit));
    return this.#units.get(unit);
  }

  /** Like `find`, but throws NOT_FOUND when there is no such unit. */
  known(unit: UnitName): FakeUnit {
    const known = this.find(unit);
    if (!known) throw unknownUnit(unit);
    return known;
  }

  /** The status of a unit, with the requested name. */
  status(unit: UnitName): UnitStatus {
    return { ...this.known(unit).status, Name: unit };
  }

  /** Forgets the unit, as systemd does when its file is gone and nothing runs. */
  unload(unit: UnitName): void {
    const { status } = this.known(unit);
    this.#units.delete(unit);
    if (isAlive(status)) this.report(unit, stoppedStatus(unit, status));
  }

  become(unit: UnitName, active: 'active' | 'inactive' | 'failed', ending?: Ending): UnitStatus {
    return this.change(unit, statusOnce(active, this.known(unit)), ending);
  }

  /** Enters a state during a job or a restart: `activating` and `start`, `deactivating` and `stop`, ... */
  pass(unit: UnitName, active: 'activating' | 'deactivating', sub: string): UnitStatus {
    const { status } = this.known(unit);
    return this.change(unit, { ...status, ActiveState: active, SubState: sub, FreezerState: 'running' });
  }

  /** The unit ends by itself. A service with `restart` runs again when this returns. */
  end(unit: UnitName, how: 'inactive' | 'failed', ending: Ending): UnitStatus {
    const ended = this.become(unit, how, ending);
    if (this.known(unit).service?.restart) {
      this.pass(unit, 'activating', 'auto-restart');
      this.become(unit, 'inactive', { result: 'success', exitStatus: 0, stopRequested: false });
      this.pass(unit, 'activating', 'start');
      this.become(unit, 'active');
    } else this.collect(unit);
    return ended;
  }

  change(unit: UnitName, status: UnitStatus, ending?: Ending): UnitStatus {
    const known = this.known(unit);
    const before = known.status;
    known.status = status;
    const fields = ['ActiveState', 'SubState', 'FreezerState'] as const;
    if (fields.some((field) => before[field] !== status[field]))
      for (const name of this.#namesOf(known)) this.report(name, { ...status, Name: name }, ending);
    if (!isAlive(status)) endJobs(known, before.ActiveState);
    return { ...status, Name: unit };
  }

  /** A transient unit is unloaded when it has ended (CollectMode=inactive-or-failed). */
  collect(unit: UnitName): void {
    const known = this.known(unit);
    if (!known.service || isAlive(known.status)) return;
    this.change(unit, stoppedStatus(unit, known.status));
    this.#units.delete(unit);
  }

  #namesOf({ status }: FakeUnit): UnitName[] {
    const unit = status.Name as UnitName;
    return [unit, ...[...this.#aliases].filter(([, of]) => of === unit).map(([alias]) => alias)];
  }
}

export const globMatcher = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
  );
