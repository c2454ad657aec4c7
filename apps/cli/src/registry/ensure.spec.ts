// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import type { admin } from '@givc/rpc';
import { ensureRegistered } from './ensure.js';
import { registryItem } from './registry-item.fixture.js';

const item = registryItem('givc-net-vm.service', { ServiceType: 'Mgr' });
type Answer = readonly admin.QueryListItem[] | GivcError;

/** An admin that answers these one after another, and how often there was a pause. */
function answering(...answers: Answer[]) {
  const state = { pauses: 0 };
  const list = () => {
    const answer = answers.shift()!;
    return answer instanceof GivcError ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const nextTry = () => {
    state.pauses += 1;
    return Promise.resolve();
  };
  return { state, list, nextTry };
}

const names = ['givc-net-vm.service'];

describe('ensureRegistered', () => {
  it('answers at once when the unit is there', async () => {
    const admin = answering([item]);
    await ensureRegistered({ names, type: 8, vm: 'net-vm' }, 5, admin);
    expect(admin.state.pauses).toBe(0);
  });

  it('tries again until the unit comes', async () => {
    const admin = answering([], [], [item]);
    await ensureRegistered({ names }, 5, admin);
    expect(admin.state.pauses).toBe(2);
  });

  it('gives up after the last try, without another pause', async () => {
    const admin = answering([], [item]);
    await expect(ensureRegistered({ names, vm: 'other-vm' }, 2, admin)).rejects.toMatchObject({
      reason: 'NOT_FOUND',
      message: 'givc-net-vm.service is not registered after 2 tries',
    });
    expect(admin.state.pauses).toBe(1);
  });

  it('waits for an admin that is not there yet', async () => {
    const admin = answering(new GivcError('UNAVAILABLE', 'refused'), [item]);
    await ensureRegistered({ names }, 2, admin);
    expect(admin.state.pauses).toBe(1);
  });

  it('fails at once when the admin refuses to say', async () => {
    const admin = answering(new GivcError('PERMISSION_DENIED', 'denied'));
    await expect(ensureRegistered({ names }, 5, admin)).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    expect(admin.state.pauses).toBe(0);
  });
});
