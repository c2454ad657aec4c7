// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventLog } from './event-log.js';
import type { SimulatedProcess } from './simulated-process.js';
import { TaskQueue, type Task } from './task-queue.js';

// Saved before a simulated clock replaces it.
const nextTurn = globalThis.setImmediate;

/** Resolves once all pending promises and ticks have run. */
const settled = (): Promise<void> => new Promise((resolve) => nextTurn(resolve));

/**
 * Runs tasks one after another in the order of their virtual times. Time passes only from one task to the next, by a
 * jump.
 */
export class Scheduler {
  readonly log = new EventLog();
  /** The process that runs now; tasks that it creates belong to it. */
  current: SimulatedProcess | undefined;
  /** The cause of the current task, such as the name of the connection on which a frame has arrived. */
  source = '';
  readonly #queue = new TaskQueue();
  #now = 0;
  #order = 0;
  #steps = 0;

  /** Milliseconds since the beginning. */
  get now(): number {
    return this.#now;
  }

  /** The number of tasks that have run. */
  get steps(): number {
    return this.#steps;
  }

  after(ms: number, run: () => unknown): Task {
    return this.at(this.#now + ms, run);
  }

  /**
   * Runs tasks of the same time in the order of their requests. Sums of rounded numbers may differ although they look
   * equal.
   */
  at(time: number, run: () => unknown): Task {
    const task: Task = { at: time, order: this.#order++, run, isCancelled: false };
    this.#queue.push(task);
    return task;
  }

  /** Runs tasks until `isOver`, or until the time is reached. */
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
