// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

/** A process is calm after this time in which V8 has collected nothing, so it has allocated little. */
const calmMs = 5_000;
/** A process that allocates all the time is calm as well when it has used less than a tenth of this time. */
const [lightMs, lightShare] = [20_000, 0.1];
/** Less than this is not worth a full collection. The garbage of heartbeats alone never grows to it. */
const worthBytes = 2 * 1024 * 1024;
/**
 * One collection frees pages, and only the next ones give back what has become free, also of the young generation.
 * Calls are served between them.
 */
const rounds = 5;

/** The heap of a process. */
export interface Heap {
  /** The memory that V8 has reserved, with garbage. */
  readonly bytes: () => number;
  /** The time in which the process was not idle so far, in milliseconds. */
  readonly activeMs: () => number;
  /** Collects all garbage, and gives back free memory; rounds of one trim count from 0. */
  readonly collect: (round: number) => void;
  /** Calls `listener` after each collection; the result ends that. */
  readonly onCollection: (listener: () => void) => () => void;
}

/**
 * Gives the memory that a daemon needed for its start, or under load, back to the system once the process is calm. V8
 * alone keeps it, because it collects only when a process allocates.
 */
export class HeapTrimmer {
  readonly #end: () => void;
  #timer: NodeJS.Timeout | undefined;
  /** The next collection of a trim that has begun. */
  #nextRound: NodeJS.Immediate | undefined;
  /** The size after the last collection of this trimmer; 0 before the first one. */
  #trimmed = 0;
  /** When the time of little work began, and how long the process had been active then. */
  #light = { since: performance.now(), activeMs: 0 };

  constructor(private readonly heap: Heap) {
    this.#end = heap.onCollection(() => this.#wait());
    this.#begin();
    this.#wait();
  }

  close(): void {
    this.#end();
    clearTimeout(this.#timer);
    clearImmediate(this.#nextRound);
  }

  #wait(): void {
    const passedMs = performance.now() - this.#light.since;
    if (passedMs >= lightMs) {
      if (this.heap.activeMs() - this.#light.activeMs < passedMs * lightShare) this.#trim();
      this.#begin();
    }
    if (this.#timer) this.#timer.refresh();
    else this.#timer = setTimeout(() => this.#trim(), calmMs).unref();
  }

  #begin(): void {
    this.#light = { since: performance.now(), activeMs: this.heap.activeMs() };
  }

  #trim(): void {
    if (this.#nextRound || this.heap.bytes() < this.#trimmed + worthBytes) return;
    this.#collect(0);
  }

  #collect(round: number): void {
    this.heap.collect(round);
    this.#nextRound = round + 1 < rounds ? setImmediate(() => this.#collect(round + 1)) : undefined;
    if (!this.#nextRound) this.#trimmed = this.heap.bytes();
  }
}

/** The heap of this process; undefined unless Node runs with `--expose-gc`. */
export function processHeap(): Heap | undefined {
  const collect = globalThis.gc;
  if (!collect) return undefined;
  return {
    bytes: () => getHeapStatistics().total_physical_size,
    activeMs: () => performance.eventLoopUtilization().active,
    // The first one also discards the code of functions that only the start needs; Node 20 has no flavors.
    collect: (round) => {
      if (round === 0) collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
      else collect();
    },
    onCollection: (listener) => {
      const observer = new PerformanceObserver(listener);
      observer.observe({ entryTypes: ['gc'] });
      return () => observer.disconnect();
    },
  };
}
