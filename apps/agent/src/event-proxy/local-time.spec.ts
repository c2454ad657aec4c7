// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { LocalTime } from './local-time.js';

describe('the time of an event from another machine', () => {
  let now: number;
  let time: LocalTime;
  const second = 1_000_000;
  const theirs = 1_700_000_000 * second;
  beforeEach(() => {
    now = 500 * second;
    time = new LocalTime(() => now);
  });

  it('keeps the intervals of packets that arrive together', () => {
    time.of(theirs);
    now += 4_000;
    const times = [1_000, 2_000, 3_000].map((after) => time.of(theirs + after));
    expect(times.map((one) => Math.round((one - 500 * second) / 100) * 100)).toEqual([1_000, 2_000, 3_000]);
  });

  it('is never later than now', () => {
    time.of(theirs);
    expect(time.of(theirs + second)).toBe(now);
  });

  it('starts again from its own clock when the clock of the other machine was set', () => {
    time.of(theirs);
    expect(time.of(theirs - 3_600 * second)).toBe(now);
    expect(time.of(theirs + 3_600 * second)).toBe(now);
  });

  it('follows a clock that runs faster, little by little', () => {
    time.of(theirs);
    now += 500;
    const first = time.of(theirs);
    let last = first;
    for (let n = 0; n < 499; n++) last = time.of(theirs);
    expect([now - first, now - last]).toEqual([499, 0]);
  });

  it.each([0, -5])('is left out when the event has no time: %s', (none) => {
    expect(time.of(none)).toBe(0);
  });
});
