// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { TokenBucket } from './token-bucket.js';

describe('a token bucket', () => {
  let bucket: TokenBucket;
  beforeEach(() => (bucket = new TokenBucket({ burst: 3, everyMs: 100 })));

  const taken = (now: number) => Array.from({ length: 5 }, () => bucket.take(now)).filter(Boolean).length;

  it('gives a burst at any time, then tokens at its rate, and at most the burst after a pause', () => {
    expect([taken(7_000), taken(7_099), taken(7_100), taken(7_350)]).toEqual([3, 0, 1, 2]);
    expect(taken(1_000_000)).toBe(3);
  });

  it('counts the parts of a token, however often it is asked for one', () => {
    taken(0);
    let count = 0;
    for (let now = 1; now <= 1_000; now++) if (bucket.take(now)) count++;
    expect(count).toBe(10);
  });

  it('says without taking a token whether it is empty or full, and how long the next token takes', () => {
    const state = (now: number) => [bucket.isEmpty(now), bucket.isFull(now), bucket.waitMs(now)];
    expect(state(0)).toEqual([false, true, 0]);
    bucket.take(0);
    expect(state(0)).toEqual([false, false, 0]);
    taken(0);
    expect(state(0)).toEqual([true, false, 100]);
    expect(state(99.5)).toEqual([true, false, 1]);
    expect(state(100)).toEqual([false, false, 0]);
    expect(state(300)).toEqual([false, true, 0]);
  });

  it('goes by the time of the process', () => {
    jest.useFakeTimers();
    const empty = () => [bucket.take(), bucket.take(), bucket.take(), bucket.take()];
    expect(empty()).toEqual([true, true, true, false]);
    jest.advanceTimersByTime(bucket.waitMs());
    expect([bucket.isEmpty(), bucket.take(), bucket.isEmpty(), bucket.isFull()]).toEqual([false, true, true, false]);
    jest.useRealTimers();
  });
});
