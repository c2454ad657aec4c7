// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { memoryOf, processOf } from '../bench/processes.js';
import { machineNames, programUnit, type MachineName } from '../lab/plan.js';
import { type EventLog, clock, elapsed } from './event-log.js';

const markMs = 2 * 60_000;
const grownUpSeconds = 60;
const allowedGrowth = 0.1;
const ticksPerSecond = 100;

interface Sample {
  readonly at: number;
  readonly pid: number;
  readonly resident: number;
}

/** Seconds since the process started (`starttime` of proc_pid_stat(5), whose ticks are a hundredth of a second). */
function ageOf(pid: number): number {
  // The name of the program, in brackets, may hold spaces; the 22nd field is the 20th after it.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  return uptime - Number(fields[19]) / ticksPerSecond;
}

const text = ({ at, pid, resident }: Sample): string => `${resident.toFixed(1)} MiB at ${clock(at)} (process ${pid})`;

/**
 * The memory of each daemon, from processes that are at least a minute old: the first values are taken two minutes into
 * the run.
 */
export class DaemonMemory {
  readonly #marks = new Map<MachineName, Sample>();
  readonly #ends = new Map<MachineName, Sample>();

  sample(): void {
    const at = elapsed();
    if (at < markMs) return;
    for (const name of machineNames) {
      const sample = sampleOf(name, at);
      if (!sample) continue;
      if (!this.#marks.has(name)) this.#marks.set(name, sample);
      this.#ends.set(name, sample);
    }
  }

  report(eventLog: EventLog): void {
    for (const name of machineNames) {
      const [mark, end] = [this.#marks.get(name), this.#ends.get(name)];
      if (!mark || !end || mark === end) eventLog.write(`memory of ${programUnit(name)}: no process lived long enough`);
      else {
        const growth = end.resident / mark.resident - 1;
        const growthText = `memory of ${programUnit(name)}: ${text(mark)}, ${text(end)}: ${(growth * 100).toFixed(1)} %`;
        if (growth > allowedGrowth) eventLog.difference(growthText);
        else eventLog.write(growthText);
      }
    }
  }
}

/** Undefined when no process of the daemon is that old, or when it ends meanwhile. */
function sampleOf(name: MachineName, at: number): Sample | undefined {
  try {
    const pid = processOf(name, programUnit(name));
    return ageOf(pid) < grownUpSeconds ? undefined : { at, pid, resident: memoryOf(pid).resident };
  } catch {
    return undefined;
  }
}
