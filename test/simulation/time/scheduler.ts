// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventLog } from './event-log.js';
import type { SimulatedProcess } from './simulated-process.js';
import { TaskQueue, type Task } from './task-queue.js';

// Before anything puts a simulated clock in their place.
const nextTurn = globalThis.setImmediate;

/** Resolves once all that has begun has come as far as it can without time: promises and ticks have no other order. */
const settled = (): Promise<void> => new Promise((resolve) => nextTurn(resolve));

/**
 * Does one task after another in the order of their times, which are virtual: between two of them no time passes, and
 * while one is done none does.
 */
export class Scheduler {
  readonly log = new EventLog();
  /** The process that does something now; what it begins belongs to it. */
  current: SimulatedProcess | undefined;
  /** What it does that for, such as the name of a connection that something has arrived on. */
  source = '';
  readonly #queue = new TaskQueue();
  #now = 0;
  #order = 0;
  #steps = 0;

  /** Milliseconds since the beginning. */
  get now(): number {
    return this.#now;
  }

  /** How many tasks were done. */
  get steps(): number {
    return this.#steps;
  }

  after(ms: number, run: () => unknown): Task {
    return this.at(this.#now + ms, run);
  }

  /** Runs tasks of the same time in the order of their requests. A sum of rounded numbers is another time. */
  at(time: number, run: () => unknown): Task {
    const task: Task = { at: time, order: this.#order++, run, isCancelled: false };
    this.#queue.push(task);
    return task;
  }

  /** Does what there is until `isOver` or the time is reached. */
  async run(untilMs: number, isOver: () => boolean = () => false): Promise<void> {
    while (!isOver()) {
      const next = this.#queue.peek();
      if (!next || next.at > untilMs) break;
      this.#queue.pop();
      this.#now = next.at;
      this.#steps++;
      this.current = undefined;
      const outcome = next.run();
      if (outcome instanceof Promise) await outcome;
      await settled();
      this.current = undefined;
    }
    if (!isOver()) this.#now = Math.max(this.#now, untilMs);
  }
}
