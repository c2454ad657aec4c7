// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { SerialQueue } from './serial-queue.js';

describe('a serial queue', () => {
  it('runs one work at a time, in the order of the calls', async () => {
    const queue = new SerialQueue();
    const events: string[] = [];
    const ends: (() => void)[] = [];
    const work = (name: string) => () => {
      events.push(`${name} begins`);
      return new Promise<string>((resolve) => ends.push(() => resolve(name)));
    };
    const outcomes = ['a', 'b'].map((name) => queue.run(work(name)).then((end) => events.push(`${end} ends`)));
    expect(events).toEqual([]);
    await new Promise(setImmediate);
    expect(events).toEqual(['a begins']);
    ends[0]!();
    await outcomes[0];
    await new Promise(setImmediate);
    ends[1]!();
    await outcomes[1];
    expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('continues after failed work, whose caller gets the error', async () => {
    const queue = new SerialQueue();
    const failed = queue.run(() => Promise.reject(new Error('broken')));
    const thrown = queue.run(() => {
      throw new Error('broken at once');
    });
    const next = queue.run(() => Promise.resolve('done'));
    await expect(failed).rejects.toThrow('broken');
    await expect(thrown).rejects.toThrow('broken at once');
    expect(await next).toBe('done');
  });
});
