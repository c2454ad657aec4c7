// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { repeat } from './repeat.js';

describe('a repeated task', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const run = (answers: readonly boolean[], intervalMs: number, durationMs = 0) => {
    const closing = new AbortController();
    const at: number[] = [];
    const started = Date.now();
    const task = async () => {
      at.push(Date.now() - started);
      if (durationMs > 0) await new Promise((resolve) => setTimeout(resolve, durationMs));
      return answers[at.length - 1] ?? true;
    };
    return {
      at,
      closing,
      ended: repeat(task, intervalMs, closing.signal),
    };
  };

  it('runs once with an interval of 0', async () => {
    const { at, ended } = run([], 0);
    await ended;
    expect(at).toEqual([0]);
  });

  it('is repeated until it succeeds once with an interval of 0', async () => {
    const { at, ended } = run([false, false, true], 0);
    await jest.advanceTimersByTimeAsync(60_000);
    await ended;
    expect(at).toEqual([0, 1_000, 3_000]);
  });

  it('waits for its interval after the end of each run, until it is aborted', async () => {
    const { at, closing, ended } = run([], 10_000, 4_000);
    await jest.advanceTimersByTimeAsync(35_000);
    closing.abort();
    await ended;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(at).toEqual([0, 14_000, 28_000]);
  });

  it('never waits longer after a failure than after a success', async () => {
    const { at, closing, ended } = run(Array<boolean>(9).fill(false), 3_000);
    await jest.advanceTimersByTimeAsync(12_000);
    closing.abort();
    await ended;
    expect(at).toEqual([0, 1_000, 3_000, 6_000, 9_000, 12_000]);
  });
});
