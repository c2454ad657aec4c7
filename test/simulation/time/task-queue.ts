// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** A task that is due at a virtual time. */
export interface Task {
  /** The due time, in milliseconds of the scheduler. */
  readonly at: number;
  /** Orders tasks of the same time: the lower number is first. */
  readonly order: number;
  /** The code of the task. If it returns a promise, the promise is awaited before the next task runs. */
  readonly run: () => unknown;
  isCancelled: boolean;
}

const isBefore = (a: Task, b: Task): boolean => (a.at === b.at ? a.order < b.order : a.at < b.at);

/** The waiting tasks, as a binary heap with the earliest first. */
export class TaskQueue {
  readonly #heap: Task[] = [];

  push(task: Task): void {
    const heap = this.#heap;
    let at = heap.push(task) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(task, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = task;
  }

  /** The earliest task that is not cancelled; it stays in the queue. */
  peek(): Task | undefined {
    while (this.#heap[0]?.isCancelled) this.#drop();
    return this.#heap[0];
  }

  /** Removes and returns the earliest task. */
  pop(): Task | undefined {
    const first = this.peek();
    if (first) this.#drop();
    return first;
  }

  #drop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}
