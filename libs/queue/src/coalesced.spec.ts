// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Coalesced } from './coalesced.js';

describe('coalesced work', () => {
  it('runs once more for all callers that request it while it runs, and only once at a time', async () => {
    const ends: ((outcome: number) => void)[] = [];
    const shared = new Coalesced(() => new Promise<number>((resolve) => ends.push(resolve)));
    const first = shared.get();
    const later = [shared.get(), shared.get(), shared.get()];
    expect(ends).toHaveLength(1);
    ends[0]!(1);
    expect(await first).toBe(1);
    await Promise.resolve();
    expect(ends).toHaveLength(2);
    ends[1]!(2);
    expect(await Promise.all(later)).toEqual([2, 2, 2]);
    void shared.get();
    expect(ends).toHaveLength(3);
  });

  it('runs again after a failure', async () => {
    let count = 0;
    const shared = new Coalesced(() => (count++ === 0 ? Promise.reject(new Error('broken')) : Promise.resolve(count)));
    const [first, second] = [shared.get(), shared.get()];
    await expect(first).rejects.toThrow('broken');
    expect(await second).toBe(2);
  });

  it('runs for each key separately', async () => {
    const begun: string[] = [];
    const shared = new Coalesced((key: string) => {
      begun.push(key);
      return Promise.resolve(`${key}${begun.length}`);
    });
    const outcomes = [shared.get('a'), shared.get('b'), shared.get('a'), shared.get('a')];
    expect(begun).toEqual(['a', 'b']);
    expect(await Promise.all(outcomes)).toEqual(['a1', 'b2', 'a3', 'a3']);
    expect(await shared.get('b')).toBe('b4');
  });

  it('never runs twice at the same time, whenever it is requested', async () => {
    let running = 0;
    let most = 0;
    const ends: (() => void)[] = [];
    const shared = new Coalesced(async () => {
      most = Math.max(most, ++running);
      await new Promise<void>((resolve) => ends.push(resolve));
      running--;
    });
    const asked = [shared.get(), shared.get()];
    ends[0]!();
    // One more caller requests the work in each of the next turns, until the second run has begun.
    while (ends.length < 2) {
      await Promise.resolve();
      asked.push(shared.get());
    }
    let isOver = false;
    void Promise.all(asked).then(() => (isOver = true));
    while (!isOver) {
      await new Promise(setImmediate);
      for (const end of ends) end();
    }
    expect(most).toBe(1);
  });
});
