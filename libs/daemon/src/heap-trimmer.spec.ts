// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { HeapTrimmer, processHeap, type Heap } from './heap-trimmer.js';

const mebibyte = 1024 * 1024;
/** The time until a calm process has been trimmed; by fake timers each collection takes a millisecond. */
const trimmedMs = 5_010;

/** A heap with some garbage; V8 collects when a test calls `collected`. */
class FakeHeap implements Heap {
  size = 20 * mebibyte;
  /** The rounds of collections. */
  rounds: number[] = [];
  active = 0;
  collected: () => void = () => undefined;
  readonly bytes = () => this.size;
  readonly activeMs = () => this.active;
  readonly collect = (round: number) => {
    this.rounds.push(round);
    this.size = 12 * mebibyte;
  };
  get trims(): number {
    return this.rounds.filter((round) => round === 0).length;
  }
  readonly onCollection = (listener: () => void) => {
    this.collected = listener;
    return () => (this.collected = () => undefined);
  };
}

describe('the trimmer of a heap', () => {
  let heap: FakeHeap;
  let trimmer: HeapTrimmer;

  beforeEach(() => {
    jest.useFakeTimers();
    heap = new FakeHeap();
    trimmer = new HeapTrimmer(heap);
  });
  afterEach(() => {
    trimmer.close();
    jest.useRealTimers();
  });

  it('collects the garbage of the start once the process is calm', () => {
    jest.advanceTimersByTime(4_999);
    expect(heap.trims).toBe(0);
    jest.advanceTimersByTime(1);
    expect(heap.trims).toBe(1);
  });

  it('serves calls between the collections of a trim, and ends them when it is closed', () => {
    const between: number[] = [];
    jest.advanceTimersByTime(4_999);
    setTimeout(() => setImmediate(() => between.push(heap.rounds.length)), 1);
    jest.advanceTimersByTime(1);
    expect(heap.rounds.length).toBeGreaterThan(0);
    jest.advanceTimersByTime(1_000);
    expect(heap.rounds).toEqual([0, 1, 2, 3, 4]);
    expect(between).not.toEqual([5]);
    heap.size += 3 * mebibyte;
    heap.collected();
    jest.advanceTimersToNextTimer();
    trimmer.close();
    jest.advanceTimersByTime(60_000);
    expect(heap.rounds).toEqual([0, 1, 2, 3, 4, 0]);
  });

  it('waits while V8 collects by itself, because the process is busy', () => {
    for (let second = 0; second < 20; second += 4) {
      heap.active += 2_000;
      jest.advanceTimersByTime(4_000);
      heap.collected();
    }
    expect(heap.trims).toBe(0);
    jest.advanceTimersByTime(5_000);
    expect(heap.trims).toBe(1);
  });

  it('collects in a process that always allocates, but has little work', () => {
    for (let second = 0; second < 20; second += 4) {
      heap.active += 300;
      jest.advanceTimersByTime(4_000);
      heap.collected();
    }
    expect(heap.trims).toBe(1);
  });

  it('does not collect while the process works more than a tenth of the time', () => {
    for (let second = 0; second < 60; second += 4) {
      heap.active += 500;
      jest.advanceTimersByTime(4_000);
      heap.collected();
    }
    expect(heap.trims).toBe(0);
  });

  it('collects again after load that has made the heap larger', () => {
    jest.advanceTimersByTime(trimmedMs);
    heap.size += 3 * mebibyte;
    heap.collected();
    jest.advanceTimersByTime(trimmedMs);
    expect(heap.trims).toBe(2);
  });

  it('does not collect again when the heap has hardly grown', () => {
    jest.advanceTimersByTime(trimmedMs);
    heap.size += mebibyte;
    heap.collected();
    jest.advanceTimersByTime(60_000);
    expect(heap.trims).toBe(1);
  });

  it('has no timer in a calm process that it has trimmed', () => {
    jest.advanceTimersByTime(trimmedMs);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does nothing after it is closed', () => {
    trimmer.close();
    heap.collected();
    jest.advanceTimersByTime(60_000);
    expect(heap.trims).toBe(0);
  });
});

describe('the heap of this process', () => {
  const { gc } = globalThis;
  afterEach(() => {
    globalThis.gc = gc;
  });

  it('cannot be collected without --expose-gc', () => {
    delete globalThis.gc;
    expect(processHeap()).toBeUndefined();
  });

  it('is collected in all ways in which V8 gives back memory', () => {
    const collect = jest.fn();
    globalThis.gc = collect;
    const heap = processHeap()!;
    heap.collect(0);
    heap.collect(1);
    expect(collect.mock.calls).toEqual([[{ type: 'major', execution: 'sync', flavor: 'last-resort' }], []]);
  });

  it('reports the collections of V8 until that is ended', async () => {
    globalThis.gc = (() => undefined) as unknown as typeof globalThis.gc;
    const heap = processHeap()!;
    let end: () => void = () => undefined;
    await new Promise<void>((resolve) => {
      end = heap.onCollection(resolve);
      const garbage: unknown[] = [];
      const allocate = () => {
        for (let made = 0; made < 100_000; made++) garbage[made % 10] = { made };
        again = setImmediate(allocate);
      };
      let again = setImmediate(allocate);
      const stop = heap.onCollection(() => {
        clearImmediate(again);
        stop();
      });
    });
    end();
    expect(heap.bytes()).toBeGreaterThan(mebibyte);
  });
});
