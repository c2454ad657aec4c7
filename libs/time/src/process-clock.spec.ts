// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { processClock } from './process-clock.js';

describe('the CPU time of the clock of a process', () => {
  let usage: jest.SpyInstance;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    jest.advanceTimersByTime(3_600_000);
    usage = jest.spyOn(process, 'cpuUsage').mockReturnValue({ user: 1_000, system: 500 });
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it('is read once for all timeouts that begin together', () => {
    const readings = Array.from({ length: 1_000 }, () => processClock.cpu());
    expect(new Set(readings)).toEqual(new Set([1.5]));
    expect(usage).toHaveBeenCalledTimes(1);
  });

  it('is at most 5 ms old', () => {
    processClock.cpu();
    usage.mockReturnValue({ user: 9_000, system: 0 });
    jest.advanceTimersByTime(5);
    expect(processClock.cpu()).toBe(9);
  });
});
