// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { shrink } from './shrink.js';

const numbers = Array.from({ length: 20 }, (_, n) => n);

describe('shrinking', () => {
  it.each([
    ['one', [13]],
    ['two that are far from each other', [0, 19]],
    ['some that are neighbours', [7, 8, 9]],
    ['all', numbers],
  ])('keeps the needed elements when they are %s', async (_, needed) => {
    const left = await shrink(numbers, (some) => Promise.resolve(needed.every((one) => some.includes(one))));
    expect(left).toEqual(needed);
  });

  it('keeps nothing when nothing is needed', async () => {
    expect(await shrink(numbers, () => Promise.resolve(true))).toEqual([]);
    expect(await shrink([], () => Promise.resolve(true))).toEqual([]);
  });

  it('also removes an element that is superfluous only without another', async () => {
    // 5 is needed only while 12 is there.
    const fails = (some: readonly number[]) => some.includes(3) && (some.includes(5) || !some.includes(12));
    expect(await shrink(numbers, (some) => Promise.resolve(fails(some)))).toEqual([3]);
  });

  it('ends after 200 attempts', async () => {
    let attempts = 0;
    const many = Array.from({ length: 1_000 }, (_, n) => n);
    const left = await shrink(many, () => Promise.resolve(++attempts < 0));
    expect(left).toEqual(many);
    expect(attempts).toBe(200);
  });
});
