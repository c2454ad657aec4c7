// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Scheduler } from './scheduler.js';
import { Timer, type SimulatedProcess } from './simulated-process.js';

/** 2026-01-01T00:00:00Z, the wall-clock time at which each run begins. */
export const epoch = Date.UTC(2026, 0, 1);

let scheduler: Scheduler | undefined;

/** Sets the scheduler whose virtual time the processes use from now on. */
export const useScheduler = (next: Scheduler | undefined): void => void (scheduler = next);

const currentProcess = (): SimulatedProcess | undefined => scheduler?.current;

type Callback = (...args: unknown[]) => void;

const real = {
  setTimeout: globalThis.setTimeout,
  setInterval: globalThis.setInterval,
  setImmediate: globalThis.setImmediate,
  clearTimeout: globalThis.clearTimeout,
  clearInterval: globalThis.clearInterval,
  clearImmediate: globalThis.clearImmediate,
  Date: globalThis.Date,
  now: performance.now.bind(performance),
  cpuUsage: process.cpuUsage.bind(process),
};

class SimulatedDate extends real.Date {
  constructor(...args: [] | [number]) {
    if (args.length === 0) super(SimulatedDate.now());
    else super(...args);
  }

  /** Dates that Node itself makes must be instances, too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof real.Date;
  }

  static override now(): number {
    return scheduler?.current ? Math.floor(epoch + scheduler.now) : real.Date.now();
  }
}

const start =
  (isRepeated: boolean, otherwise: (...args: never[]) => unknown) =>
  (run: Callback, ms = 1, ...args: unknown[]): unknown => {
    const process = currentProcess();
    if (!process) return (otherwise as (...all: unknown[]) => unknown)(run, ms, ...args);
    return process.timer(ms >= 1 ? Math.trunc(ms) : 1, () => run(...args), isRepeated);
  };

const stop =
  (otherwise: (...args: never[]) => unknown) =>
  (timer: unknown): void => {
    if (timer instanceof Timer) timer.cancel();
    else (otherwise as (timer: unknown) => void)(timer);
  };

interface Immediate {
  isCancelled: boolean;
}

function startImmediate(run: Callback, ...args: unknown[]): unknown {
  const process = currentProcess();
  return process ? process.immediate(() => run(...args)) : real.setImmediate(run, ...args);
}

function stopImmediate(immediate: unknown): void {
  if (typeof (immediate as Partial<Immediate> | undefined)?.isCancelled === 'boolean')
    (immediate as Immediate).isCancelled = true;
  else real.clearImmediate(immediate as NodeJS.Immediate);
}

/** Replaces the global clocks and timers: virtual ones for simulated processes, the real ones for all other code. */
export function installClock(): void {
  Object.assign(globalThis, {
    setTimeout: start(false, real.setTimeout),
    setInterval: start(true, real.setInterval),
    setImmediate: startImmediate,
    clearTimeout: stop(real.clearTimeout),
    clearInterval: stop(real.clearInterval),
    clearImmediate: stopImmediate,
    Date: SimulatedDate,
  });
  const now = () => currentProcess()?.monotonic ?? real.now();
  Object.defineProperty(performance, 'now', { value: now, configurable: true, writable: true });
  // The actions of a simulated process take no time.
  const cpuUsage = process.cpuUsage.bind(process);
  process.cpuUsage = (before) => (currentProcess() ? { user: 0, system: 0 } : cpuUsage(before));
  // The actions of a simulated process take no time.
  process.cpuUsage = (before) => (currentProcess() ? { user: 0, system: 0 } : real.cpuUsage(before));
}
