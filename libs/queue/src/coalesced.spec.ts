// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Coalesced } from './coalesced.js';

describe('work whose outcome is shared', () => {
  it('is done once more for all who ask while it is being done, and only once at a time', async () => {
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

  it('is done again after it has failed', async () => {
    let count = 0;
    const shared = new Coalesced(() => (count++ === 0 ? Promise.reject(new Error('broken')) : Promise.resolve(count)));
    const [first, second] = [shared.get(), shared.get()];
    await expect(first).rejects.toThrow('broken');
    expect(await second).toBe(2);
  });

  it('is done for each key by itself', async () => {
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

  it('is never done twice at once, whenever it is asked for', async () => {
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
    // One more asks in each of the next moments, until the second time has begun.
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
