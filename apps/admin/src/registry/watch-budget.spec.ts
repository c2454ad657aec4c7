// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import type { Subscription } from 'rxjs';
import type { GivcError } from '@givc/model';
import type { admin, Encoded, ServerStreamingCall } from '@givc/rpc';
import { unitEntry, watchItemOf } from './registry.fixture.js';
import { RegistryStore } from './registry-store.js';
import { maxUndelivered, maxWatches } from './watch-budget.js';
import { WatchService } from './watch.service.js';

const descriptionOf = ({ Status }: admin.WatchItem): string =>
  Status!.$case === 'Initial' ? 'list' : Status!.value.Description;

/** The call of a watcher. Written messages are in flight until the test lets them arrive. */
class StandInCall extends EventEmitter {
  readonly received: Encoded[] = [];
  error: GivcError | undefined;
  subscription: Subscription | undefined;
  #arrived: (() => void)[] = [];

  constructor(private readonly address: string) {
    super();
  }

  getAuthContext(): object {
    return {};
  }

  getPeer(): string {
    return `${this.address}:1`;
  }

  write(message: Encoded, arrived: () => void): boolean {
    this.received.push(message);
    this.#arrived.push(arrived);
    return true;
  }

  arrive(): void {
    for (const arrived of this.#arrived.splice(0)) arrived();
  }

  get descriptions(): string[] {
    return this.received.map((message) => descriptionOf(watchItemOf(message)));
  }
}

describe('the watches of one peer', () => {
  let store: RegistryStore;
  let watches: WatchService;
  beforeEach(() => {
    jest.useFakeTimers();
    store = new RegistryStore();
    watches = new WatchService(store);
  });
  afterEach(() => jest.useRealTimers());

  const open = (address: string): StandInCall => {
    const call = new StandInCall(address);
    call.subscription = watches
      .watch(call as unknown as ServerStreamingCall<Encoded>)
      .subscribe({ error: (error: GivcError) => (call.error = error) });
    return call;
  };
  const become = (description: string, unit = 'a.service') => {
    const entry = unitEntry('net-vm', unit);
    store.put({ ...entry, status: { ...entry.status, Description: description } });
  };

  it('are limited in number, while those of other peers are opened', () => {
    const calls = Array.from({ length: maxWatches + 1 }, () => open('10.0.0.1'));
    expect(calls.at(-1)!.error).toMatchObject({
      reason: 'RESOURCE_EXHAUSTED',
      message: expect.stringMatching(/^too many watches: at most 128 of one caller/),
    });
    expect([calls.at(-2)!.descriptions, open('10.0.0.2').descriptions]).toEqual([['list'], ['list']]);
    calls[0]!.subscription!.unsubscribe();
    expect(open('10.0.0.1').descriptions).toEqual(['list']);
  });

  it('are limited by their unread bytes, while those of other peers are opened', () => {
    const listBytes = 300_000;
    become('d'.repeat(listBytes));
    const calls = Array.from({ length: Math.ceil(maxUndelivered / listBytes) }, () => open('10.0.0.1'));
    expect(calls.filter(({ error }) => error)).toEqual([]);
    expect(open('10.0.0.1').error).toMatchObject({
      reason: 'RESOURCE_EXHAUSTED',
      message: expect.stringMatching(/^too many undelivered bytes: at most 16777216 for the watches of one caller/),
    });
    expect(open('10.0.0.2').descriptions).toEqual(['list']);
    for (const call of calls) call.arrive();
    calls[0]!.subscription!.unsubscribe();
    expect(open('10.0.0.1').error).toBeUndefined();
  });

  it('are sent 1,000 changes at once, and then the latest state of each entry at up to 1,000 a second', () => {
    const [many, other] = [Array.from({ length: 100 }, () => open('10.0.0.1')), open('10.0.0.2')];
    for (let n = 0; n < 50; n++) become(`version ${n}`);
    const sent = () => many.reduce((sum, { received }) => sum + received.length - 1, 0);
    expect(sent()).toBe(1_000);
    expect(other.descriptions).toHaveLength(51);
    jest.advanceTimersByTime(100);
    expect(sent()).toBe(1_100);
    expect(many.map(({ descriptions }) => descriptions.at(-1))).toEqual(Array(100).fill('version 49'));
    expect(watches.backlog).toBe(0);
  });

  it('get the same message object for every watcher, so that it is encoded once', () => {
    const calls = [open('10.0.0.1'), open('10.0.0.2')];
    become('version');
    for (const index of [0, 1]) {
      const [one, another] = calls.map(({ received }) => received[index]!);
      expect(one).toBe(another);
    }
  });
});
