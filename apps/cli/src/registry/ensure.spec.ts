// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import type { admin } from '@givc/rpc';
import { ensureRegistered } from './ensure.js';
import { registryItem } from './registry-item.fixture.js';

const item = registryItem('givc-net-vm.service', { ServiceType: 'Mgr' });
type Answer = readonly admin.QueryListItem[] | GivcError;

/** An admin with these answers, one after another. */
function answering(...answers: Answer[]) {
  return jest.fn(() => {
    const answer = answers.shift()!;
    return answer instanceof GivcError ? Promise.reject(answer) : Promise.resolve(answer);
  });
}

const names = ['givc-net-vm.service'];

describe('the wait for a registration', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => {
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  /** The number of calls of `list` within these seconds. */
  const callsAfter = async (list: jest.Mock, ...seconds: number[]) => {
    const counts: number[] = [];
    for (const second of seconds) {
      await jest.advanceTimersByTimeAsync(second * 1_000);
      counts.push(list.mock.calls.length);
    }
    return counts;
  };

  it('returns at once when the unit is registered', async () => {
    const list = answering([item]);
    await ensureRegistered({ names, type: 8, vm: 'net-vm' }, 5, list);
    expect(list).toHaveBeenCalledTimes(1);
  });

  it('tries again each second until the unit comes', async () => {
    const list = answering([], [], [item]);
    const registered = ensureRegistered({ names }, 5, list);
    expect(await callsAfter(list, 0, 0.999, 0.001, 0.999, 0.001, 60)).toEqual([1, 1, 2, 2, 3, 3]);
    await registered;
  });

  it('gives up after the last try, without another pause', async () => {
    const list = answering([], [item]);
    const rejected = expect(ensureRegistered({ names, vm: 'other-vm' }, 2, list)).rejects.toMatchObject({
      reason: 'NOT_FOUND',
      message: 'givc-net-vm.service is not registered after 2 tries',
    });
    expect(await callsAfter(list, 1)).toEqual([2]);
    await rejected;
  });

  it('waits for an admin that cannot be reached yet', async () => {
    const list = answering(new GivcError('UNAVAILABLE', 'refused'), [item]);
    const registered = ensureRegistered({ names }, 2, list);
    expect(await callsAfter(list, 1)).toEqual([2]);
    await registered;
  });

  it('fails at once when the admin rejects the request', async () => {
    const list = answering(new GivcError('PERMISSION_DENIED', 'denied'));
    await expect(ensureRegistered({ names }, 5, list)).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    expect(list).toHaveBeenCalledTimes(1);
  });
});
