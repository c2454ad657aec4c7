// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import v8 from 'node:v8';
import { HeapGrowth, heapGrowth } from './heap-growth.js';

const mebibyte = 1024 * 1024;

describe('the heap of an agent', () => {
  const asked: number[] = [];
  const pace = () => new HeapGrowth((percent) => asked.push(percent));
  /** Passes this number of bytes each second, in 64 parts. */
  const carry = (heap: HeapGrowth, bytes: number, seconds: number) => {
    for (let part = 0; part < seconds * 64; part++) {
      heap.carried(bytes / 64);
      jest.advanceTimersByTime(1_000 / 64);
    }
  };

  beforeEach(() => {
    asked.length = 0;
    jest.useFakeTimers();
  });
  afterEach(() => jest.useRealTimers());

  it('may grow only while sockets are busy', () => {
    const heap = pace();
    carry(heap, 8 * mebibyte, 5);
    expect(asked).toEqual([200]);
    jest.advanceTimersByTime(2_000);
    expect(asked).toEqual([200, 30]);
    carry(heap, 8 * mebibyte, 1);
    expect(asked).toEqual([200, 30, 200]);
  });

  it('may grow from 4 MiB a second, each second counted separately', () => {
    const heap = pace();
    heap.carried(4 * mebibyte - 1);
    jest.advanceTimersByTime(1_000);
    heap.carried(4 * mebibyte - 1);
    expect(asked).toEqual([]);
    heap.carried(1);
    expect(asked).toEqual([200]);
  });

  it('is configured by a flag of V8 for this process', () => {
    const flags = jest.spyOn(v8, 'setFlagsFromString').mockImplementation(() => undefined);
    heapGrowth.carried(4 * mebibyte);
    jest.advanceTimersByTime(2_000);
    expect(flags.mock.calls).toEqual([['--heap-growing-percent=200'], ['--heap-growing-percent=30']]);
    flags.mockRestore();
  });

  it('may not grow when sockets carry little, for any length of time', () => {
    carry(pace(), 3 * mebibyte, 60);
    expect(asked).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
