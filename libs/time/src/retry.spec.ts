// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { getEventListeners } from 'node:events';
import { Backoff } from './backoff.js';
import { retry } from './retry.js';

describe('retried work', () => {
  let attempts: number;
  let failures: string[];
  let stopping: AbortController;
  const onFailure = (error: unknown) => void failures.push((error as Error).message);
  const backoff = { firstMs: 100, lastMs: 400 };
  /** An attempt that fails this number of times. */
  const failing = (times: number) => () =>
    ++attempts <= times ? Promise.reject(new Error(`failure ${attempts}`)) : Promise.resolve('done');

  beforeEach(() => {
    jest.useFakeTimers();
    [attempts, failures, stopping] = [0, [], new AbortController()];
  });
  afterEach(() => {
    expect(jest.getTimerCount()).toBe(0);
    expect(getEventListeners(stopping.signal, 'abort')).toEqual([]);
    jest.useRealTimers();
  });

  it('runs once when it succeeds at once', async () => {
    expect(await retry(failing(0), { backoff, onFailure })).toBe('done');
    expect([attempts, failures]).toEqual([1, []]);
  });

  it('runs again after a longer pause each time, until it succeeds', async () => {
    const outcome = retry(failing(4), { backoff, signal: stopping.signal, onFailure });
    const counts: number[] = [];
    for (const ms of [0, 99, 1, 199, 1, 399, 1, 399, 1]) {
      await jest.advanceTimersByTimeAsync(ms);
      counts.push(attempts);
    }
    expect(counts).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5]);
    expect(await outcome).toBe('done');
    expect(failures).toEqual(['failure 1', 'failure 2', 'failure 3', 'failure 4']);
  });

  it("continues from the failures that the caller's backoff has counted", async () => {
    const known = new Backoff(backoff);
    known.next();
    const outcome = retry(failing(1), { backoff: known, onFailure });
    await jest.advanceTimersByTimeAsync(199);
    expect(attempts).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(await outcome).toBe('done');
  });

  it('ends with the error that the listener to failures throws', async () => {
    const final = new Error('final');
    const outcome = retry(failing(9), {
      backoff,
      onFailure: () => {
        if (attempts === 2) throw final;
      },
    });
    const settled = expect(outcome).rejects.toBe(final);
    await jest.advanceTimersByTimeAsync(60_000);
    await settled;
    expect(attempts).toBe(2);
  });

  it('ends as soon as the signal is aborted during a pause', async () => {
    const outcome = retry(failing(9), { backoff, signal: stopping.signal, onFailure });
    await jest.advanceTimersByTimeAsync(50);
    stopping.abort();
    expect(await outcome).toBeUndefined();
    expect(attempts).toBe(1);
  });

  it('does not run when the signal is already aborted', async () => {
    stopping.abort();
    expect(await retry(failing(0), { backoff, signal: stopping.signal, onFailure })).toBeUndefined();
    expect(attempts).toBe(0);
  });

  it('resolves with its outcome even if the signal was aborted during the attempt', async () => {
    const attempt = () => {
      stopping.abort();
      return Promise.resolve('done');
    };
    expect(await retry(attempt, { backoff, signal: stopping.signal, onFailure })).toBe('done');
  });
});
