// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { stoppedStatus } from '@givc/model';
import {
  agentEntry,
  instanceRegistration,
  newRegistry,
  reporting,
  runningStatus,
  unitEntry,
  unitNamed,
  vmNamed,
} from './registry.fixture.js';

const [netVm, guiVm] = [vmNamed('net-vm'), vmNamed('gui-vm')];
const clock = unitNamed('clock@0.service');

describe('the reservation of an instance', () => {
  let { reservations, store, register, agentOf } = newRegistry();
  beforeEach(() => {
    ({ reservations, store, register, agentOf } = newRegistry());
    for (const name of [netVm, guiVm]) store.put(agentEntry(name));
  });

  const reserve = (machine = netVm) => reservations.reserve(agentOf(machine)!, 'clock' as never);

  it('reserves the lowest instance number that is neither registered nor reserved on the machine', () => {
    store.put(unitEntry('net-vm', 'clock@1.service', {}, 'App'));
    const [first, second] = [reserve(), reserve()];
    expect([first.unit, second.unit, reserve(guiVm).unit]).toEqual([
      'clock@0.service',
      'clock@2.service',
      'clock@0.service',
    ]);
    first.release();
    expect(reserve().unit).toBe('clock@0.service');
  });

  it('registers an instance once it has started', () => {
    reserve().started(runningStatus(clock));
    expect(store.get(netVm, clock)).toEqual({
      ...unitEntry('net-vm', clock, { revision: expect.any(Number) as number }, 'App'),
      type: { vm: 'SysVM', service: 'App' },
    });
  });

  it('does not register an instance whose end was already reported', () => {
    const reservation = reserve();
    register(instanceRegistration(netVm, stoppedStatus(clock)));
    reservation.started(runningStatus(clock));
    expect(store.get(netVm, clock)).toBeUndefined();
  });

  it('registers the instance that the agent names instead, to which the start was handed over', () => {
    const other = unitNamed('clock@7.service');
    expect(reserve().started(runningStatus(other))).toBe('clock@7.service');
    expect(store.get(netVm, other)).toMatchObject({ unit: other, status: { Name: other } });
    expect(store.get(netVm, clock)).toBeUndefined();
  });

  it.each(['calendar@7.service', 'web.service', ''])(
    'registers the reserved instance when the agent names %j',
    (name) => {
      expect(reserve().started({ ...runningStatus(clock), Name: name })).toBe('clock@0.service');
    },
  );

  it('does not register an instance that has already ended', () => {
    expect(reserve().started(stoppedStatus(clock))).toBe('clock@0.service');
    expect(store.get(netVm, clock)).toBeUndefined();
  });

  it('does not register an instance of an agent that reports by itself', () => {
    store.put(agentEntry('net-vm', { presence: reporting() }));
    reserve().started(runningStatus(clock));
    expect(store.get(netVm, clock)).toBeUndefined();
  });
});
