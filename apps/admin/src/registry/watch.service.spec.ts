// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { admin, Encoded, ServerStreamingCall } from '@givc/rpc';
import { keyOf, type RegistryKey } from './registry-entry.js';
import { unitEntry, watchItemOf } from './registry.fixture.js';
import { RegistryStore } from './registry-store.js';
import { WatchService } from './watch.service.js';

/** The call of a watcher; the test controls when it reads. */
class StandInCall extends EventEmitter {
  readonly received: NonNullable<admin.WatchItem['Status']>[] = [];
  #room: number;

  /** `room` is the number of messages before the writer has to wait. */
  constructor(
    room: number,
    private readonly address = '10.0.0.1',
  ) {
    super();
    this.#room = room;
  }

  getAuthContext(): object {
    return {};
  }

  getPeer(): string {
    return `${this.address}:1`;
  }

  write(message: Encoded): boolean {
    if (this.#room <= 0) throw new Error('it is written to without waiting for drain');
    this.received.push(watchItemOf(message).Status!);
    return --this.#room > 0;
  }

  /** Reads the written messages, and makes room for this number of further ones. */
  read(room: number): void {
    const wasFull = this.#room === 0;
    this.#room = room;
    if (wasFull) this.emit('drain');
  }
}

/** The same names on two machines, so that a name alone does not identify an entry. */
const entries = [unitEntry('net-vm', 'a.service'), unitEntry('gui-vm', 'a.service'), unitEntry('net-vm', 'b.service')];
type Step = { readonly put: number } | { readonly remove: number } | { readonly read: number };

const keyOfItem = ({ VmName, Name }: admin.QueryListItem): RegistryKey => `${VmName}/${Name}`;

/** A registry, one watcher, and the list that the watcher builds from the messages. */
class WatchedRegistry {
  readonly store = new RegistryStore();
  readonly watches = new WatchService(this.store);
  readonly call: StandInCall;
  readonly list = new Map<RegistryKey, admin.QueryListItem>();
  /** Each visible change of the registry. */
  readonly changes: string[] = [];
  #version = 0;
  #applied = 0;
  #order = -1;

  constructor(known: number, room: number) {
    for (let index = 0; index < known; index++) this.put(index);
    this.call = new StandInCall(room);
    this.watches.watch(this.call as unknown as ServerStreamingCall<Encoded>).subscribe();
    this.store.onChange(({ kind, item }) => this.changes.push(traceOf(kind, item)));
  }

  do(step: Step): void {
    if ('put' in step) this.put(step.put);
    else if ('remove' in step) this.store.remove(keyOf(entries[step.remove]!));
    else this.call.read(step.read);
    this.apply();
  }

  put(index: number): void {
    const entry = entries[index]!;
    this.store.put({ ...entry, status: { ...entry.status, Description: String(++this.#version) } });
  }

  /** Applies the received messages to the list, and throws when they are inconsistent. */
  apply(): void {
    for (; this.#applied < this.call.received.length; this.#applied++) {
      const { $case, value } = this.call.received[this.#applied]!;
      if ($case === 'Initial') {
        if (this.#applied > 0) throw new Error('a second Initial');
        for (const item of value.List) this.list.set(keyOfItem(item), item);
        continue;
      }
      const key = keyOfItem(value);
      if (this.#applied === 0) throw new Error(`${$case} before Initial`);
      if (this.list.has(key) !== ($case !== 'Added')) throw new Error(`${$case} ${key} does not fit the list`);
      if ($case === 'Removed') this.list.delete(key);
      else this.list.set(key, value);
      const order = this.changes.indexOf(traceOf($case, value));
      if (order <= this.#order) throw new Error(`${$case} ${key} is out of order`);
      this.#order = order;
    }
  }
}

/** Consecutive changes may arrive as one, `Added` or `Updated`; its version shows which change was the last. */
const traceOf = (kind: string, item: admin.QueryListItem): string =>
  `${kind === 'Removed' ? kind : 'Present'} ${keyOfItem(item)} ${item.Description}`;

const sorted = (items: Iterable<admin.QueryListItem>) =>
  [...items].sort((a, b) => keyOfItem(a).localeCompare(keyOfItem(b)));

/** Fails unless the list of the watcher is the registry after these steps, once everything is read. */
function expectFaithful(known: number, room: number, steps: readonly Step[]): void {
  const registry = new WatchedRegistry(known, room);
  for (const step of steps) {
    registry.do(step);
    if (registry.watches.backlog > entries.length) throw new Error('more waits than there are entries');
  }
  registry.do({ read: Infinity });
  if (registry.watches.backlog > 0) throw new Error('something still waits');
  // This runs thousands of times, and `expect` would take longer than everything else.
  const [made, expected] = [sorted(registry.list.values()), sorted(registry.store.items())];
  if (!isDeepStrictEqual(made, expected)) expect(made).toEqual(expected);
}

describe('a watch of the registry', () => {
  it('receives the list, then each change once and in order, however many there are', () => {
    const registry = new WatchedRegistry(2, Infinity);
    for (const step of [{ put: 2 }, { put: 0 }, { remove: 1 }, { put: 1 }, { remove: 1 }]) registry.do(step);
    const received = registry.call.received.map(({ $case, value }) =>
      $case === 'Initial' ? `Initial ${value.List.length}` : `${$case} ${keyOfItem(value)} ${value.Description}`,
    );
    expect(received).toEqual([
      'Initial 2',
      'Added net-vm/b.service 3',
      'Updated net-vm/a.service 4',
      'Removed gui-vm/a.service 2',
      'Added gui-vm/a.service 5',
      'Removed gui-vm/a.service 5',
    ]);
  });

  it('reproduces the registry from the list and the changes, in every order of six steps of two entries and a reader', () => {
    const steps: Step[] = [{ put: 0 }, { remove: 0 }, { put: 1 }, { remove: 1 }, { read: 1 }];
    const length = 6;
    for (let number = 0; number < steps.length ** length; number++) {
      const chosen = Array.from({ length }, (_, place) => steps[Math.floor(number / steps.length ** place) % 5]!);
      expectFaithful(1, 1, chosen);
    }
  });

  it('reproduces the registry from the list and the changes, however long it runs and however slowly it is read', () => {
    const index = fc.nat({ max: entries.length - 1 });
    const step = fc.oneof(
      fc.record({ put: index }),
      fc.record({ remove: index }),
      fc.record({ read: fc.integer({ min: 1, max: 4 }) }),
    );
    const steps = fc.array(step, { maxLength: 60 });
    fc.assert(
      fc.property(fc.nat({ max: 3 }), fc.integer({ min: 1, max: 4 }), steps, (known, room, chosen) =>
        expectFaithful(known, room, chosen),
      ),
      { numRuns: 500 },
    );
  });

  it('counts the watchers and their waiting changes until they hang up', () => {
    const registry = new WatchedRegistry(1, 1);
    const { watches } = registry;
    const other = new StandInCall(1);
    const subscription = watches.watch(other as unknown as ServerStreamingCall<Encoded>).subscribe();
    expect(watches.count).toBe(2);
    registry.put(1);
    registry.put(2);
    expect(watches.backlog).toBe(4);
    other.read(1);
    expect(watches.backlog).toBe(3);
    other.read(Infinity);
    expect(watches.backlog).toBe(2);
    const { length } = other.received;
    subscription.unsubscribe();
    expect(watches.count).toBe(1);
    expect(other.listenerCount('drain')).toBe(0);
    registry.put(0);
    expect(other.received).toHaveLength(length);
  });
});
