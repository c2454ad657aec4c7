// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { FairQueue, type QueueSettings } from './fair-queue.js';
import type { Slot } from './slot.js';

const settings: QueueSettings = {
  name: 'the key',
  ...{ slots: 1, waiting: 8, ofCaller: 4, waitMs: 60_000, deadlineMs: 30_000 },
  fix: 'try again later',
};
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Calls in a queue whose work runs until the test ends it. */
class Calls {
  readonly begun: string[] = [];
  readonly ended: string[] = [];
  readonly places = new Map<string, Slot>();
  readonly #ends = new Map<string, () => void>();
  readonly #hangUps = new Map<string, AbortController>();
  readonly queue: FairQueue;

  constructor(more: Partial<QueueSettings> = {}) {
    this.queue = new FairQueue({ ...settings, ...more });
  }

  /** `name` is CALLER or CALLER and a digit. */
  open(...names: string[]): this {
    for (const name of names) {
      const hangUp = new AbortController();
      this.#hangUps.set(name, hangUp);
      const outcome = this.queue.run({ caller: name.replace(/\d$/, ''), signal: hangUp.signal }, async (place) => {
        this.begun.push(name);
        this.places.set(name, place);
        await new Promise<void>((resolve, reject) => {
          this.#ends.set(name, resolve);
          place.signal.addEventListener('abort', () => reject(new Error('the work was aborted')));
        });
      });
      outcome.then(
        () => this.ended.push(`${name} OK`),
        (error: { reason?: string; message: string }) => this.ended.push(`${name} ${error.reason}: ${error.message}`),
      );
    }
    return this;
  }

  async end(name: string): Promise<void> {
    this.#ends.get(name)!();
    await settled();
  }

  async hangUp(name: string): Promise<void> {
    this.#hangUps.get(name)!.abort();
    await settled();
  }
}

describe('a queue', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  });
  afterEach(() => jest.useRealTimers());

  const pass = async (ms: number) => {
    await jest.advanceTimersByTimeAsync(ms);
    await settled();
  };

  it('runs as many calls as there are slots, and gives a free slot to the next call', async () => {
    const calls = new Calls({ slots: 2 }).open('a1', 'a2', 'a3');
    await settled();
    expect(calls.begun).toEqual(['a1', 'a2']);
    await calls.end('a1');
    expect(calls.begun).toEqual(['a1', 'a2', 'a3']);
  });

  it('gives the slot of failed work to the next call', async () => {
    const { queue } = new Calls();
    const call = { caller: 'a', signal: new AbortController().signal };
    const failed = queue.run(call, () => Promise.reject(new Error('broken')));
    const next = queue.run(call, () => Promise.resolve('next'));
    await expect(failed).rejects.toThrow('broken');
    expect(await next).toBe('next');
  });

  it('serves callers in rotation, however many waiting calls one of them has', async () => {
    const calls = new Calls().open('e1', 'e2', 'e3', 'e4', 'a1', 'a2', 'b1');
    for (const name of ['e1', 'a1', 'b1', 'e2', 'a2', 'e3', 'e4']) {
      await settled();
      expect(calls.begun.at(-1)).toBe(name);
      await calls.end(name);
    }
  });

  it('gives the next slot to the waiting caller with the fewest slots', async () => {
    const calls = new Calls({ slots: 3 }).open('e1', 'e2', 'a1', 'e3', 'a2', 'b1');
    await settled();
    await calls.end('a1');
    await calls.end('e1');
    await calls.end('e2');
    expect(calls.begun).toEqual(['e1', 'e2', 'a1', 'b1', 'a2', 'e3']);
  });

  it('rejects a caller that exceeds its share, while there is room for others', async () => {
    const calls = new Calls({ slots: 4, ofCaller: 2 }).open('e1', 'e2', 'e3', 'a1', 'a2');
    await settled();
    expect(calls.begun).toEqual(['e1', 'e2', 'a1', 'a2']);
    expect(calls.ended).toEqual(['e3 RESOURCE_EXHAUSTED: the key: 2 calls of one caller may be open; try again later']);
    await calls.end('e1');
    calls.open('e4');
    await settled();
    expect(calls.begun.at(-1)).toBe('e4');
  });

  it('does not limit the share of the relay, which has its own queues for its callers', async () => {
    const calls = new Calls({ slots: 4, ofCaller: 1, relay: 'admin' }).open('admin1', 'admin2', 'admin3', 'admin4');
    await settled();
    expect(calls.begun).toHaveLength(4);
  });

  it('rejects a call when the queue is full', async () => {
    const calls = new Calls({ waiting: 1 }).open('a1', 'b1', 'c1');
    await settled();
    expect(calls.ended).toEqual([
      'c1 RESOURCE_EXHAUSTED: the key: one call may be at work at once and 1 wait; try again later',
    ]);
    await calls.end('a1');
    calls.open('c2');
    await settled();
    expect([calls.begun, calls.ended.length]).toEqual([['a1', 'b1'], 2]);
  });

  it('rejects a call that has waited for too long', async () => {
    const calls = new Calls({ deadlineMs: undefined }).open('a1', 'b1');
    await pass(59_999);
    expect(calls.ended).toEqual([]);
    await pass(1);
    expect(calls.ended).toEqual(['b1 RESOURCE_EXHAUSTED: the key: no slot was free within 60 s; try again later']);
    await calls.end('a1');
    expect(calls.begun).toEqual(['a1']);
  });

  it('removes a waiting caller that hangs up, and aborts the work of a running one', async () => {
    const calls = new Calls().open('a1', 'b1', 'c1');
    await calls.hangUp('b1');
    expect(calls.ended).toEqual(['b1 CANCELLED: the caller hung up']);
    await calls.hangUp('a1');
    expect(calls.begun).toEqual(['a1', 'c1']);
    await calls.hangUp('c1');
    expect(calls.queue.size).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('revokes the slot of a call at its deadline, whatever progress it makes', async () => {
    const calls = new Calls({ stallMs: 15_000 }).open('e1', 'a1');
    for (let second = 1; second < 30; second++) {
      await pass(1_000);
      calls.places.get('e1')!.progress(1);
    }
    expect(calls.ended).toEqual([]);
    await pass(1_000);
    expect(calls.ended).toEqual(['e1 DEADLINE_EXCEEDED: the key: it took longer than 30 s']);
    expect(calls.begun).toEqual(['e1', 'a1']);
  });

  it('revokes the slot of a call without progress, however many empty messages it sends', async () => {
    const calls = new Calls({ stallMs: 15_000 }).open('e1', 'a1');
    for (let second = 1; second < 15; second++) {
      await pass(1_000);
      calls.places.get('e1')!.progress(0);
    }
    expect(calls.ended).toEqual([]);
    await pass(1_000);
    expect(calls.ended).toEqual(['e1 DEADLINE_EXCEEDED: the key: nothing came for 15 s']);
    expect(calls.begun).toEqual(['e1', 'a1']);
  });

  describe('with a time limit for contested slots', () => {
    const contested = { deadlineMs: undefined, contestedMs: 10_000, waitMs: 100_000 };

    it('lets a call keep its slot while no other caller waits', async () => {
      const calls = new Calls(contested).open('a1', 'a2');
      await pass(90_000);
      expect(calls.ended).toEqual([]);
    });

    it('revokes the slot of a call as soon as another caller waits', async () => {
      const calls = new Calls(contested).open('a1');
      await pass(9_999);
      calls.open('b1');
      await settled();
      expect(calls.ended).toEqual([]);
      await pass(1);
      expect(calls.ended).toEqual(['a1 DEADLINE_EXCEEDED: the key: others wait, and it has taken longer than 10 s']);
      expect(calls.begun).toEqual(['a1', 'b1']);
    });

    it('revokes a slot of the caller with the most slots, even if no call may wait', async () => {
      const calls = new Calls({ ...contested, slots: 3, waiting: 0 }).open('a1', 'e1', 'e2');
      await pass(10_000);
      calls.open('b1');
      await settled();
      expect([calls.begun.at(-1), calls.ended]).toEqual([
        'b1',
        ['e1 DEADLINE_EXCEEDED: the key: others wait, and it has taken longer than 10 s'],
      ]);
      calls.open('e3');
      await settled();
      expect(calls.ended.at(-1)).toBe(
        'e3 RESOURCE_EXHAUSTED: the key: 3 calls may be at work at once; try again later',
      );
    });
  });
});
