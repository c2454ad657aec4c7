// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminClient } from '@givc/client';
import { GivcError } from '@givc/model';
import type { admin } from '@givc/rpc';
import type { AdminDialer } from '../connection/admin-dialer.js';
import { TimedOut } from '../exit/timed-out.js';
import { registryItem } from '../registry/registry-item.fixture.js';
import { parseCondition } from './condition.js';
import { waitFor } from './wait-for.js';

const item = (name: string, VmStatus: string) => registryItem(name, { VmStatus });
const initial = (...List: admin.QueryListItem[]): admin.WatchItem['Status'] => ({ $case: 'Initial', value: { List } });
const updated = (value: admin.QueryListItem): admin.WatchItem['Status'] => ({ $case: 'Updated', value });

describe('waiting for a unit', () => {
  let notes: string[];

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    notes = [];
  });
  afterEach(() => {
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  /** Resolves once pending work is done. */
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  /** Waits for web.service to run, with an admin that sends these events and then nothing more. */
  const wait = (timeoutMs: number | undefined, ...events: (admin.WatchItem['Status'] | GivcError)[]) => {
    const watch: AdminClient['watchOnce'] = async function* (_, { signal } = {}) {
      for (const Status of events) {
        if (Status instanceof GivcError) throw Status;
        yield { Status };
      }
      await new Promise((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason as Error)));
    };
    const reach: AdminDialer = {
      name: 'the admin',
      connect: () => ({ watchOnce: watch, close: () => undefined }) as unknown as AdminClient,
      explain: () => new GivcError('UNAVAILABLE', 'cannot reach the admin'),
    };
    const note = (text: string) => void notes.push(text);
    const waiting = waitFor(parseCondition('web.service', {}), reach, { timeoutMs, note });
    waiting.catch(() => undefined);
    return waiting;
  };

  it.each([
    ['the state of the unit', [initial(item('web.service', 'PoweredOff'))], 'it is stopped'],
    ['that it is not registered', [initial(item('other.service', 'Running'))], 'it is not registered'],
    ['that the admin has not answered', [], 'the admin has not answered'],
    ['why the admin cannot be reached', [new GivcError('UNAVAILABLE', 'refused')], 'cannot reach the admin'],
  ])('ends at its timeout, not before, with %s', async (_, events, instead) => {
    const waiting = wait(300, ...events);
    let hasEnded = false;
    waiting.catch(() => (hasEnded = true));
    await settled();
    jest.advanceTimersByTime(299);
    await settled();
    expect(hasEnded).toBe(false);
    jest.advanceTimersByTime(1);
    await expect(waiting).rejects.toThrow(TimedOut);
    await expect(waiting).rejects.toThrow(`web.service is not running after 0.3 s: ${instead}`);
  });

  it('prints once that the admin cannot be reached', async () => {
    const waiting = wait(300, new GivcError('UNAVAILABLE', 'refused'));
    while (notes.length === 0) await settled();
    jest.advanceTimersByTime(300);
    await expect(waiting).rejects.toThrow(TimedOut);
    expect(notes).toEqual(['still waiting: cannot reach the admin']);
  });

  it('ends with the unit as soon as it is in the state, even without a timeout', async () => {
    const events = [initial(item('web.service', 'PoweredOff')), updated(item('web.service', 'Running'))];
    await expect(wait(300, ...events)).resolves.toBe('web.service in net-vm');
    await expect(wait(undefined, ...events)).resolves.toBe('web.service in net-vm');
  });
});
