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
});
