// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventThrottle } from './event-throttle.js';

describe('EventThrottle', () => {
  const recorded: (readonly [string, number])[] = [];
  let throttle: EventThrottle;
  beforeEach(() => {
    jest.useFakeTimers();
    recorded.length = 0;
    throttle = new EventThrottle({ burst: 3, everyMs: 1_000 }, (unit, missed) => recorded.push([unit, missed]));
  });
  afterEach(() => {
    throttle.close();
    jest.useRealTimers();
  });

  it('takes the events of a peer up to its share, and leaves the share of others alone', () => {
    const taken = Array.from({ length: 100 }, () => throttle.take('bad-vm', 'bad-vm/a.service'));
    expect(taken.filter((missed) => missed !== undefined)).toEqual([0, 0, 0]);
    expect(throttle.take('net-vm', 'net-vm/web.service')).toBe(0);
  });

  it('records the last state of each unit later, with the number of events that were left out', () => {
    for (let at = 0; at < 3; at++) throttle.take('vm', 'a');
    for (let at = 0; at < 10; at++) throttle.take('vm', 'a');
    throttle.take('vm', 'b');
    jest.advanceTimersByTime(1_100);
    expect(recorded).toEqual([['a', 10]]);
    jest.advanceTimersByTime(1_100);
    expect(recorded).toEqual([
      ['a', 10],
      ['b', 0],
    ]);
  });

  it('counts the events without a unit, and names their number with the next one', () => {
    for (let at = 0; at < 5; at++) throttle.take('caller');
    jest.advanceTimersByTime(1_100);
    expect(throttle.take('caller')).toBe(2);
    expect(throttle.take('caller')).toBeUndefined();
  });
});
