// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { unavailable } from '@givc/dbus';
import { activate, deactivate } from './activation.js';
import type { NetworkManager } from './network-manager.js';
import { StateWatch } from './state-watch.js';

const [device, active] = ['/device', '/active'];
const patient = new AbortController().signal;

/** The methods of NetworkManager that an activation uses. */
function stage() {
  const watch = new StateWatch(() => undefined);
  const calls: string[] = [];
  const change = (path: string, state: number, reason = 0) => watch.add({ path, state, reason });
  const fake = {
    state: 1 as number | undefined,
    watch: () => Promise.resolve(watch),
    activeState: () => Promise.resolve(fake.state),
    deactivate: (path: string) => Promise.resolve(void calls.push(`deactivate ${path}`)),
  };
  const begin = (signal = patient) =>
    activate(fake as unknown as NetworkManager, device, () => Promise.resolve(active), signal);
  return { fake, manager: fake as unknown as NetworkManager, watch, change, calls, begin };
}

describe('an activation', () => {
  it('succeeds when its connection is established, even at once', async () => {
    const { change, begin, fake, calls } = stage();
    const begun = begin();
    change('/another', 4, 9);
    change(device, 70);
    change(active, 2, 1);
    expect(await begun).toBeUndefined();
    fake.state = 2;
    expect(await begin()).toBeUndefined();
    expect(calls).toEqual([]);
  });

  it.each([
    ['the connection reports missing secrets', [[active, 4, 9]], true, ''],
    ['the connection reports a failed login', [[active, 4, 10]], true, ''],
    [
      'the device reports missing secrets first',
      [
        [device, 60, 8],
        [device, 120, 7],
        [active, 4, 3],
      ],
      true,
      '',
    ],
    [
      'the device reports no address',
      [
        [device, 120, 17],
        [active, 4, 3],
      ],
      false,
      'no address by DHCP',
    ],
    ['the user disconnects', [[active, 4, 2]], false, 'it was disconnected'],
    [
      'the reason is unknown',
      [
        [device, 120, 99],
        [active, 4, 3],
      ],
      false,
      'reason 3 of the connection, 99 of the device',
    ],
  ] as const)('fails when %s', async (_, changes, isOfSecrets, text) => {
    const { change, begin } = stage();
    const begun = begin();
    for (const [path, state, reason] of changes) change(path, state, reason);
    expect(await begun).toMatchObject({ isOfSecrets, reason: expect.stringContaining(text) as string });
  });

  it('fails for a reason that the device reports after the connection', async () => {
    const { change, begin, fake } = stage();
    fake.activeState = () => {
      fake.activeState = () => {
        change(device, 120, 7);
        return Promise.resolve(undefined);
      };
      change(active, 4, 3);
      return Promise.resolve(undefined);
    };
    expect(await begin()).toMatchObject({ isOfSecrets: true });
  });

  it('ends when the signal is aborted', async () => {
    const { begin, calls } = stage();
    const leaving = new AbortController();
    const begun = begin(leaving.signal);
    leaving.abort();
    await expect(begun).rejects.toMatchObject({ reason: 'CANCELLED' });
    expect(calls).toEqual(['deactivate /active']);
  });

  it('fails when NetworkManager is lost', async () => {
    const { begin, watch } = stage();
    const begun = begin();
    watch.fail(unavailable('NetworkManager has left the bus'));
    await expect(begun).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
  });
});

describe('a deactivation', () => {
  it('succeeds when the connection has ended, even at once', async () => {
    const { manager, fake, change, calls } = stage();
    const begun = deactivate(manager, active, patient);
    change(active, 3);
    change(active, 4, 2);
    await begun;
    fake.state = undefined;
    await deactivate(manager, active, patient);
    expect(calls).toEqual(['deactivate /active', 'deactivate /active']);
  });
});
