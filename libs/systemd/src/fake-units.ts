import { stoppedStatus, type UnitName, type UnitStatus } from '@givc/model';
import { unitPath } from './names.js';
import type { ResourceUsage, TransientService } from './systemd.js';
import type { Wait } from './waits.js';

export interface FakeUnitOptions {
  readonly description?: string;
  /** Whether the unit runs from the beginning. */
  readonly active?: boolean;
  /** Whether it is active without a process, once it has done what it does (`RemainAfterExit=yes`). */
  readonly remains?: boolean;
}

/** The jobs of one kind of a unit, which wait while they are held. */
export class HeldJobs {
  isHeld = false;
  readonly #waits = new Set<Wait<string>>();

  /** Whether nobody waits for one. */
  get isEmpty(): boolean {
    return this.#waits.size === 0;
  }

  /** Resolves with the result word of the job. */
  async join(wait: Wait<string>): Promise<string> {
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
export function statusOnce(
  active: 'active' | 'inactive' | 'failed',
  { status: before, remains }: Pick<FakeUnit, 'status' | 'remains'>,
): UnitStatus {
  const running = remains ? 'exited' : before.Name.endsWith('.service') ? 'running' : 'active';
  const sub = { active: running, inactive: 'dead', failed: 'failed' }[active];
  return { ...before, ActiveState: active, SubState: sub, FreezerState: 'running' };
}

/** Ends the jobs of a unit that is down; `before` is its state until now. */
export function endJobs({ starting, stopping, onStopped }: FakeUnit, before: string): void {
  if (before === 'activating') starting.end('failed');
  if (before !== 'deactivating') return;
  stopping.end('done');
  for (const listener of onStopped) listener();
  onStopped.clear();
}

export const globMatcher = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
  );
