// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Random } from '../../model/random.js';
import type { Scheduler } from './scheduler.js';
import type { Task } from './task-queue.js';

/** The phases of an event loop after a pause, in order (libuv: timers, poll, check). */
export type Phase = 'timer' | 'io' | 'immediate';

interface Late {
  readonly phase: Phase;
  readonly what: string;
  readonly run: () => unknown;
  readonly source: string;
}

const phases: readonly Phase[] = ['timer', 'io', 'immediate'];

/** Shuffles events as a poll may return them: events of one source stay in order. */
function shuffled(late: readonly Late[], random: Random): Late[] {
  const sources = new Map<string, Late[]>();
  for (const one of late) sources.set(one.source, [...(sources.get(one.source) ?? []), one]);
  const mixed: Late[] = [];
  while (sources.size > 0) {
    const source = random.pick([...sources.keys()] as [string, ...string[]]);
    const queue = sources.get(source)!;
    mixed.push(queue.shift()!);
    if (queue.length === 0) sources.delete(source);
  }
  return mixed;
}
/** The delay of an immediate, so that events that are ready come first. */
const immediateMs = 0.01;
const startedBefore = 100;

/** A program of the simulation. It can be frozen and killed, and its code uses its own clock. */
export class SimulatedProcess {
  #state: 'running' | 'frozen' | 'dead' = 'running';
  #late: Late[] = [];
  #frozenAt = 0;
  #clockStops = false;
  /** The total time for which it was frozen, so far. */
  #frozenMs = 0;
  /** The total time for which its monotonic clock has stood still. */
  #stoodStill = 0;
  readonly #startedAt: number;
  readonly #timers = new Set<Timer>();
  readonly #onExit = new Set<() => void>();

  constructor(
    readonly scheduler: Scheduler,
    readonly name: string,
    private readonly onError: (error: unknown) => void,
  ) {
    this.#startedAt = scheduler.now;
  }

  get isAlive(): boolean {
    return this.#state !== 'dead';
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  /** The value of `performance.now()`. */
  get monotonic(): number {
    return startedBefore + this.scheduler.now - this.#startedAt - this.#stoodStill;
  }

  /** The time for which it has run, without the time for which it was frozen. */
  get ranMs(): number {
    const { now } = this.scheduler;
    const frozenMs = this.#state === 'frozen' ? now - this.#frozenAt : 0;
    return now - this.#startedAt - this.#frozenMs - frozenMs;
  }

  /**
   * Runs the function now, after the thaw if the process is frozen, or never if it is dead. Events of one source stay
   * in order.
   */
  perform(phase: Phase, what: string, run: () => unknown, source = ''): unknown {
    if (this.#state === 'dead') return undefined;
    if (this.#state === 'frozen') return void this.#late.push({ phase, what, run, source });
    const { scheduler } = this;
    if (scheduler.current && scheduler.current !== this)
      throw new Error(`${scheduler.current.name} and ${this.name} do something in one step`);
    scheduler.current = this;
    scheduler.source = source;
    scheduler.log.add(scheduler.now, this.name, what);
    try {
      const outcome = run();
      return outcome instanceof Promise ? outcome.catch((error: unknown) => this.onError(error)) : undefined;
    } catch (error) {
      this.onError(error);
      return undefined;
    }
  }

  /** Runs an event from outside at this time of the scheduler; events with the same `source` stay in order. */
  at(time: number, what: string, run: () => unknown, source = ''): Task {
    return this.scheduler.at(time, () => this.perform('io', what, run, source));
  }

  /** Like `at`, after this many milliseconds. */
  after(ms: number, what: string, run: () => unknown, source = ''): Task {
    return this.at(this.scheduler.now + ms, what, run, source);
  }

  immediate(run: () => void): Task {
    return this.scheduler.after(immediateMs, () => this.perform('immediate', 'immediate', run));
  }

  /** A timer, which repeats if `isRepeated`. */
  timer(ms: number, run: () => void, isRepeated: boolean): Timer {
    const timer = new Timer(this, ms, run, isRepeated);
    this.#timers.add(timer);
    timer.arm(ms);
    return timer;
  }

  forget(timer: Timer): void {
    this.#timers.delete(timer);
  }

  /**
   * Stops everything until `thaw`; with `clockStops` its monotonic clock stands still meanwhile, as in a machine that
   * sleeps.
   */
  freeze(clockStops: boolean): void {
    if (this.#state !== 'running') return;
    this.#state = 'frozen';
    this.#frozenAt = this.scheduler.now;
    this.#clockStops = clockStops;
    this.scheduler.log.add(this.scheduler.now, this.name, clockStops ? 'sleeps' : 'hangs');
  }

  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    const { scheduler } = this;
    scheduler.log.add(scheduler.now, this.name, 'goes on');
    const late = this.#late;
    this.#late = [];
    this.#frozenMs += scheduler.now - this.#frozenAt;
    if (this.#clockStops) this.#sleptFor(scheduler.now - this.#frozenAt);
    const due = phases
      .filter((phase) => phase !== 'timer' || !this.#clockStops)
      .map((phase) => late.filter((one) => one.phase === phase));
    const random = Random.of(late.length, `${this.name} ${scheduler.now}`);
    for (const all of due)
      for (const { phase, what, run, source } of all[0]?.phase === 'io' ? shuffled(all, random) : all)
        scheduler.after(0, () => this.perform(phase, what, run, source));
  }

  /** Ends the process without running anything more, like SIGKILL. */
  kill(): void {
    if (this.#state === 'dead') return;
    this.#state = 'dead';
    this.#late = [];
    this.scheduler.log.add(this.scheduler.now, this.name, 'is dead');
    for (const listener of this.#onExit) listener();
  }

  /** Adds a listener that runs when the process has ended, for its kernel and its peers. */
  onExit(listener: () => void): void {
    this.#onExit.add(listener);
  }

  /** Postpones its timers by this time. */
  #sleptFor(ms: number): void {
    this.#stoodStill += ms;
    for (const timer of this.#timers) timer.postpone(ms);
  }
}

/** A timer of a process, as `setTimeout` and `setInterval` return it. */
export class Timer {
  #task: Task | undefined;
  #dueAt = 0;

  constructor(
    private readonly process: SimulatedProcess,
    private readonly ms: number,
    private readonly run: () => void,
    private readonly isRepeated: boolean,
  ) {}

  arm(ms: number): void {
    const { scheduler } = this.process;
    this.#dueAt = scheduler.now + ms;
    this.#task = scheduler.after(ms, () => this.process.perform('timer', `timer of ${this.ms} ms`, () => this.#fire()));
  }

  postpone(ms: number): void {
    if (!this.#task) return;
    this.#task.isCancelled = true;
    this.arm(Math.max(0, this.#dueAt + ms - this.process.scheduler.now));
  }

  cancel(): void {
    if (this.#task) this.#task.isCancelled = true;
    this.#task = undefined;
    this.process.forget(this);
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  refresh(): this {
    if (this.#task) {
      this.#task.isCancelled = true;
      this.arm(this.ms);
    }
    return this;
  }

  /** A timer that was cancelled while its process was frozen does not fire. */
  #fire(): void {
    if (!this.#task) return;
    if (this.isRepeated) this.arm(this.ms);
    else this.cancel();
    this.run();
  }
}
