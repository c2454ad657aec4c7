// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** A task that is due at a time. */
export interface Task {
  /** In milliseconds of the scheduler. */
  readonly at: number;
  /** Orders tasks of the same time: the lower number is first. */
  readonly order: number;
  /** What it does, when it is reached; a promise is awaited before anything else happens. */
  readonly run: () => unknown;
  isCancelled: boolean;
}

const isBefore = (a: Task, b: Task): boolean => (a.at === b.at ? a.order < b.order : a.at < b.at);

/** The tasks that wait, as a binary heap: the earliest first. */
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

  /** The earliest that is not cancelled; it stays. */
  peek(): Task | undefined {
    while (this.#heap[0]?.isCancelled) this.#drop();
    return this.#heap[0];
  }

  /** Removes it. */
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
