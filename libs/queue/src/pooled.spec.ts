// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { setImmediate } from 'node:timers/promises';
import { pooled } from './pooled.js';

describe('work in a pool', () => {
  let begun: number[];
  let end: Map<number, (error?: Error) => void>;
  const work = (input: number) =>
    new Promise<string>((resolve, reject) => {
      begun.push(input);
      end.set(input, (error) => (error ? reject(error) : resolve(`of ${input}`)));
    });

  beforeEach(() => {
    begun = [];
    end = new Map();
  });

  it('begins the next input whenever one has ended, also while an earlier one does not end', async () => {
    const outcomes = pooled([0, 1, 2, 3, 4], 2, work);
    await setImmediate();
    expect(begun).toEqual([0, 1]);
    for (const [input, now] of [
      [1, [0, 1, 2]],
      [2, [0, 1, 2, 3]],
    ] as const) {
      end.get(input)!();
      await setImmediate();
      expect(begun).toEqual(now);
    }
    for (const input of [3, 0]) end.get(input)!();
    await setImmediate();
    end.get(4)!();
    expect(await Promise.all(outcomes)).toEqual([0, 1, 2, 3, 4].map((input) => `of ${input}`));
  });

  it('continues after a failure, which is the outcome of that input alone', async () => {
    const [first, second] = pooled([0, 1], 1, work);
    await setImmediate();
    end.get(0)!(new Error('no'));
    await expect(first).rejects.toThrow('no');
    await setImmediate();
    end.get(1)!();
    expect(await second).toBe('of 1');
  });

  it('begins nothing once it is aborted', async () => {
    const ending = new AbortController();
    void pooled([0, 1], 1, work, ending.signal);
    await setImmediate();
    ending.abort();
    end.get(0)!();
    await setImmediate();
    expect(begun).toEqual([0]);
  });

  it('has no outcomes without inputs', () => {
    expect(pooled([], 2, work)).toEqual([]);
  });
});
