// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { ReconnectBackoff } from './reconnect-backoff.js';

describe('the backoff of a connection', () => {
  let backoff: ReconnectBackoff;

  beforeEach(() => {
    jest.useFakeTimers();
    backoff = new ReconnectBackoff();
  });
  afterEach(() => jest.useRealTimers());

  const afterLastingMs = (ms: number): number => {
    backoff.ready();
    const since = performance.now();
    jest.advanceTimersByTime(ms);
    return backoff.lost(since);
  };

  it('grows to 1 s when connections are repeatedly lost at once, and the first is made again at once', () => {
    expect(Array.from({ length: 7 }, () => afterLastingMs(0))).toEqual([0, 100, 200, 400, 800, 1_000, 1_000]);
  });

  it('is zero when the connection has lasted 10 s', () => {
    expect([9_999, 9_999, 10_000, 0, 0].map(afterLastingMs)).toEqual([0, 100, 0, 0, 100]);
  });

  it('grows to 1 s when attempts fail, from the beginning of each, until one succeeds', () => {
    const failedAfterMs = (ms: number) => {
      const startedAt = performance.now();
      jest.advanceTimersByTime(ms);
      return backoff.failed(startedAt);
    };
    expect([0, 50, 0, 900, 0, 2_000].map(failedAfterMs)).toEqual([100, 150, 400, 0, 1_000, 0]);
    backoff.ready();
    expect(failedAfterMs(0)).toBe(100);
  });
});
