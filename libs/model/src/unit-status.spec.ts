// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UnitName } from './names.js';
import { isAlive, stoppedStatus, vmStatus, type UnitStatus } from './unit-status.js';

const running: UnitStatus = {
  Name: 'web.service',
  Description: 'a web server',
  LoadState: 'loaded',
  ActiveState: 'active',
  SubState: 'running',
  Path: '/system.slice/web.service',
  FreezerState: 'running',
};

describe('the status of a unit in the registry', () => {
  it('is Running only for a loaded, active unit that runs', () => {
    expect(vmStatus(running)).toBe('Running');
    expect(vmStatus({ ...running, LoadState: 'not-found' })).toBe('PoweredOff');
    expect(vmStatus({ ...running, ActiveState: 'activating' })).toBe('PoweredOff');
    expect(vmStatus({ ...running, SubState: 'exited' })).toBe('PoweredOff');
    expect(vmStatus({ ...running, LoadState: 'not-found', ActiveState: 'failed' })).toBe('PoweredOff');
  });

  it('is Paused for a frozen unit', () => {
    expect(vmStatus({ ...running, FreezerState: 'frozen' })).toBe('Paused');
  });
});

describe('the status of a unit that systemd does not run', () => {
  it('keeps the known fields', () => {
    expect(
      stoppedStatus('web.service' as UnitName, { ...running, LoadState: 'masked', FreezerState: 'frozen' }),
    ).toEqual({
      ...running,
      LoadState: 'masked',
      ActiveState: 'inactive',
      SubState: 'dead',
    });
  });

  it('has the name as its description when no field is known', () => {
    expect(stoppedStatus('web.service' as UnitName)).toEqual({
      Name: 'web.service',
      Description: 'web.service',
      LoadState: 'loaded',
      ActiveState: 'inactive',
      SubState: 'dead',
      Path: '',
      FreezerState: 'running',
    });
  });
});

it.each([
  ...([
    ['active', true],
    ['activating', true],
    ['deactivating', true],
    ['reloading', true],
  ] as const),
  ...([
    ['inactive', false],
    ['failed', false],
  ] as const),
])('a unit that is %s counts as alive: %p', (ActiveState, expected) => {
  expect(isAlive({ ...running, ActiveState })).toBe(expected);
});
