// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Alarm } from './alarm.js';

const minute = 60_000;
const day = 24 * 60 * minute;

describe('an alarm', () => {
  let rung: number;
  let alarm: Alarm;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    rung = 0;
  });
  afterEach(() => {
    alarm.cancel();
    jest.useRealTimers();
  });

  const setAt = (at: number, lateMs?: number) => (alarm = new Alarm(at, () => rung++, lateMs));

  it('fires once at its time', () => {
    setAt(30 * day);
    jest.advanceTimersByTime(30 * day - 1);
    expect(rung).toBe(0);
    jest.advanceTimersByTime(1);
    jest.advanceTimersByTime(day);
    expect(rung).toBe(1);
  });

  it('fires for a time that has passed, after it was created', () => {
    setAt(-1);
    expect(rung).toBe(0);
    jest.advanceTimersByTime(1);
    expect(rung).toBe(1);
  });

  it('fires within a minute after the wall clock was set past its time', () => {
    setAt(30 * day);
    jest.advanceTimersByTime(day);
    jest.setSystemTime(31 * day);
    jest.advanceTimersByTime(minute);
    expect(rung).toBe(1);
  });

  it('fires within the given lateness after the wall clock was set past its time', () => {
    setAt(30 * day, 3_000);
    jest.advanceTimersByTime(minute);
    jest.setSystemTime(31 * day);
    jest.advanceTimersByTime(2_999);
    expect(rung).toBe(0);
    jest.advanceTimersByTime(1);
    expect(rung).toBe(1);
  });

  it('waits for its time again after the wall clock was set back', () => {
    setAt(2 * minute);
    jest.advanceTimersByTime(minute);
    jest.setSystemTime(-day);
    jest.advanceTimersByTime(day);
    expect(rung).toBe(0);
    jest.advanceTimersByTime(2 * minute);
    expect(rung).toBe(1);
  });

  it('does not fire after it was cancelled', () => {
    setAt(2 * minute);
    jest.advanceTimersByTime(minute);
    alarm.cancel();
    jest.advanceTimersByTime(day);
    expect(rung).toBe(0);
  });
});
