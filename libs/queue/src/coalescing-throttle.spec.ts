// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { CoalescingThrottle } from './coalescing-throttle.js';

describe('a coalescing throttle', () => {
  let late: string[];
  let throttle: CoalescingThrottle<number>;
  beforeEach(() => {
    jest.useFakeTimers();
    late = [];
    throttle = new CoalescingThrottle({ burst: 3, everyMs: 2_000 }, (key, value, count) =>
      late.push(`${key} ${value} of ${count}`),
    );
  });
  afterEach(() => jest.useRealTimers());

  it('passes on a burst, then the latest value at intervals, with the number of values that it replaces', () => {
    const passed = Array.from({ length: 10 }, (_, value) => throttle.offer('a', value));
    expect(passed).toEqual([true, true, true, ...Array<boolean>(7).fill(false)]);
    jest.advanceTimersByTime(1_999);
    expect(late).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(late).toEqual(['a 9 of 7']);
    expect(throttle.offer('a', 10)).toBe(false);
    jest.advanceTimersByTime(2_000);
    expect(late).toEqual(['a 9 of 7', 'a 10 of 1']);
    jest.advanceTimersByTime(6_000);
    expect([1, 2, 3, 4].map((value) => throttle.offer('a', value))).toEqual([true, true, true, false]);
  });

  it('does not delay other keys, and passes on no forgotten value', () => {
    for (let value = 0; value < 5; value++) throttle.offer('a', value);
    expect(throttle.offer('b', 1)).toBe(true);
    throttle.drop('a');
    jest.advanceTimersByTime(60_000);
    expect([late, jest.getTimerCount()]).toEqual([[], 0]);
  });
});
