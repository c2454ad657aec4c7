import { type MachineName } from '../lab/plan.js';
import { programUnit } from '../lab/plan.js';
import { memoryOf, processOf } from '../bench/processes.js';

const programs: readonly MachineName[] = ['admin-vm', 'host', 'net-vm', 'gui-vm', 'chrome-vm'];

export interface Reading {
  readonly pid: number;
  /** MiB in memory. */
  readonly resident: number;
}

/** Of each daemon that runs. */
export function readMemory(): Map<MachineName, Reading> {
  const readings = new Map<MachineName, Reading>();
  for (const name of programs) {
    try {
      const pid = processOf(name, programUnit(name));
      readings.set(name, { pid, resident: memoryOf(pid).resident });
    } catch {
      // It is down at this moment.
    }
  }
  return readings;
}
