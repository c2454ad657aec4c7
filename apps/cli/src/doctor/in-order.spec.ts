// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { setImmediate } from 'node:timers/promises';
import { inOrder } from './in-order.js';

describe('work in order', () => {
  it('is done for a few inputs at the same time, and yielded in the order of the inputs', async () => {
    const begun: number[] = [];
    const end = new Map<number, () => void>();
    const work = (input: number) =>
      new Promise<string>((resolve) => {
        begun.push(input);
        end.set(input, () => resolve(`of ${input}`));
      });
    const results = inOrder([0, 1, 2, 3, 4], 2, work);
    const first = results.next();
    await setImmediate();
    expect(begun).toEqual([0, 1]);
    // The first one holds up no other.
    end.get(1)!();
    await setImmediate();
    expect(begun).toEqual([0, 1, 2]);
    end.get(0)!();
    expect((await first).value).toEqual([0, 'of 0']);
    expect((await results.next()).value).toEqual([1, 'of 1']);
    await results.return(undefined);
    end.get(2)!();
    await setImmediate();
    expect(begun).toEqual([0, 1, 2, 3]);
  });

  it('ends at once without inputs', async () => {
    expect((await inOrder([], 2, () => Promise.resolve()).next()).done).toBe(true);
  });
});
