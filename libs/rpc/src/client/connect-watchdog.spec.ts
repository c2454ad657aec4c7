// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { processClock } from '@givc/time';
import { ConnectWatchdog } from './connect-watchdog.js';

describe('an attempt to connect', () => {
  let attempt: ConnectWatchdog;
  let givenUp: number;

  beforeEach(() => {
    jest.useFakeTimers();
    givenUp = 0;
    attempt = new ConnectWatchdog(() => givenUp++);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  /** The milliseconds until the attempt is given up; undefined when it is not within a minute. */
  const givenUpAfter = (): number | undefined => {
    const before = givenUp;
    for (let ms = 1; ms <= 60_000; ms++) {
      jest.advanceTimersByTime(1);
      if (givenUp > before) return ms;
    }
    return undefined;
  };

  it('is given up when it is not accepted within 2 s', () => {
    attempt.started();
    expect(givenUpAfter()).toBe(2_000);
  });

  it('counts from the first beginning of the attempt', () => {
    attempt.started();
    jest.advanceTimersByTime(1_500);
    attempt.started();
    expect(givenUpAfter()).toBe(500);
  });

  it('is given up when TLS is not established 15 s after it was accepted', () => {
    attempt.started();
    jest.advanceTimersByTime(1_500);
    attempt.accepted();
    expect(givenUpAfter()).toBe(15_000);
  });

  it('that was accepted without a beginning is not given up', () => {
    attempt.accepted();
    expect([attempt.isOpen, givenUpAfter()]).toEqual([false, undefined]);
  });

  it('that has failed is given up when the next one, after the longest backoff, is not accepted either', () => {
    attempt.started();
    jest.advanceTimersByTime(1_500);
    attempt.failed();
    expect([attempt.isOpen, givenUpAfter()]).toEqual([true, 3_000]);
  });

  it('that has ended is not given up', () => {
    attempt.started();
    expect(attempt.isOpen).toBe(true);
    attempt.stop();
    expect([attempt.isOpen, givenUpAfter()]).toEqual([false, undefined]);
    attempt.started();
    expect(givenUpAfter()).toBe(2_000);
  });

  it('reports whether this process was frozen during it', () => {
    const now = performance.now.bind(performance);
    expect(attempt.hasThawed).toBe(false);
    attempt.started();
    expect(attempt.hasThawed).toBe(false);
    jest.spyOn(processClock, 'now').mockImplementation(() => now() + 3_600_000);
    expect(attempt.hasThawed).toBe(true);
    attempt.stop();
    expect(attempt.hasThawed).toBe(false);
  });

  it('has the given limits', () => {
    attempt = new ConnectWatchdog(() => givenUp++, { accept: 20, handshake: 40 });
    attempt.started();
    jest.advanceTimersByTime(10);
    attempt.accepted();
    expect(givenUpAfter()).toBe(40);
    attempt.stop();
    attempt.failed();
    expect(givenUpAfter()).toBe(1_020);
  });
});
