import { isAlive, stoppedStatus, type UnitName, type UnitStatus } from '@givc/model';
import { unitPath } from './names.js';
import type { Ending, ResourceUsage, TransientService } from './systemd.js';
import { unknownUnit } from './units.js';
import type { PendingEvent } from './pending-events.js';

/** How an installed unit of a `FakeSystemd` is at the beginning. */
export interface FakeUnitOptions {
  /** By default the name of the unit. */
  readonly description?: string;
  /** Whether the unit runs from the beginning. */
  readonly active?: boolean;
  /** Whether it is active without a process, once it has done what it does (`RemainAfterExit=yes`). */
  readonly remains?: boolean;
}

/** The jobs of one kind of a unit, which wait while they are held. */
export class HeldJobs {
  isHeld = false;
  readonly #waits = new Set<PendingEvent<string>>();

  /** Whether no job waits. */
  get isEmpty(): boolean {
    return this.#waits.size === 0;
  }

  /** Resolves with the result word of the job. */
  async join(wait: PendingEvent<string>): Promise<string> {
    this.#waits.add(wait);
    try {
      return await wait.promise;
    } finally {
      this.#waits.delete(wait);
    }
  }

  end(result: string): void {
    for (const wait of [...this.#waits]) wait.resolve(result);
  }
}

export interface FakeUnit {
  status: UnitStatus;
  /** What it was started from, when it has no file. */
  readonly service: TransientService | undefined;
  readonly remains: boolean;
  usage: ResourceUsage;
  /** The result of the next start job, when it is not to be `done`. */
  nextResult?: string;
  readonly starting: HeldJobs;
  readonly stopping: HeldJobs;
  /** Called when a stop that was held is over. */
  readonly onStopped: Set<() => void>;
}

export const newUnit = (
  unit: UnitName,
  description: string,
  { service, remains = false }: { service?: TransientService; remains?: boolean } = {},
): FakeUnit => ({
  status: stoppedStatus(unit, { Description: description, Path: unitPath(unit) }),
  service,
  remains,
  usage: { cpuNsec: 0n, activeNsec: 0n, memoryBytes: 0 },
  starting: new HeldJobs(),
  stopping: new HeldJobs(),
  onStopped: new Set(),
});

/** The state of a unit that has just become this. */
function statusOnce(
  active: 'active' | 'inactive' | 'failed',
  { status: before, remains }: Pick<FakeUnit, 'status' | 'remains'>,
): UnitStatus {
  const running = remains ? 'exited' : before.Name.endsWith('.service') ? 'running' : 'active';
  const sub = { active: running, inactive: 'dead', failed: 'failed' }[active];
  return { ...before, ActiveState: active, SubState: sub, FreezerState: 'running' };
}

/** Ends the jobs of a unit that is down; `before` is its state until now. */
function endJobs({ starting, stopping, onStopped }: FakeUnit, before: string): void {
  if (before === 'activating') starting.end('failed');
  if (before !== 'deactivating') return;
  stopping.end('done');
  for (const listener of onStopped) listener();
  onStopped.clear();
}

/** The units of a fake service manager, and how one becomes another state; each change of state is reported. */
export class FakeUnits {
  readonly #units = new Map<UnitName, FakeUnit>();

  constructor(private readonly report: (unit: UnitName, status: UnitStatus, ending?: Ending) => void) {}

  get all(): Iterable<FakeUnit> {
    return this.#units.values();
  }

  /** Adds a unit, in the place of one of the same name. */
  add(unit: FakeUnit): void {
    this.#units.set(unit.status.Name as UnitName, unit);
  }

  find(unit: UnitName): FakeUnit | undefined {
    return this.#units.get(unit);
  }

  /** As `find`, and throws NOT_FOUND when there is no such unit. */
  known(unit: UnitName): FakeUnit {
    const known = this.#units.get(unit);
    if (!known) throw unknownUnit(unit);
    return known;
  }

  /** Forgets the unit, as systemd does when its file is gone and nothing runs. */
  unload(unit: UnitName): void {
    const { status } = this.known(unit);
    this.#units.delete(unit);
    this.report(unit, stoppedStatus(unit, status));
  }

  become(unit: UnitName, active: 'active' | 'inactive' | 'failed', ending?: Ending): UnitStatus {
    return this.change(unit, statusOnce(active, this.known(unit)), ending);
  }

  /** Of itself; what is to be restarted runs again when this returns. */
  end(unit: UnitName, how: 'inactive' | 'failed', ending: Ending): UnitStatus {
    const { service, status } = this.known(unit);
    if (service?.restart) {
      const left = { ...status, ActiveState: 'activating', SubState: 'auto-restart', FreezerState: 'running' };
      this.change(unit, left, ending);
      this.become(unit, 'active');
      return left;
    }
    const ended = this.become(unit, how, ending);
    this.collect(unit);
    return ended;
  }

  change(unit: UnitName, status: UnitStatus, ending?: Ending): UnitStatus {
    const known = this.known(unit);
    const before = known.status;
    known.status = status;
    const fields = ['ActiveState', 'SubState', 'FreezerState'] as const;
    if (fields.some((field) => before[field] !== status[field])) this.report(unit, status, ending);
    if (!isAlive(status)) endJobs(known, before.ActiveState);
    return status;
  }

  /** A transient unit is unloaded when it has ended (CollectMode=inactive-or-failed). */
  collect(unit: UnitName): void {
    const known = this.known(unit);
    if (!known.service || isAlive(known.status)) return;
    this.change(unit, stoppedStatus(unit, known.status));
    this.#units.delete(unit);
  }
}

export const globMatcher = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
  );
