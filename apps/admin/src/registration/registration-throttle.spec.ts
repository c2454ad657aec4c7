// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { VmName } from '@givc/model';
import { agentRegistration, newRegistry, vmNamed } from '../registry/registry.fixture.js';
import type { Registrant } from './registration.js';

const netVm = vmNamed('net-vm');

const at = (port: number, bootId?: string) => {
  const address = { protocol: 'tcp', host: '127.0.0.1', port } as const;
  return agentRegistration('net-vm', { endpoint: { name: netVm, address }, bootId });
};

describe('an agent that registers another port each time', () => {
  let { registration, store, presence, agentOf } = newRegistry();
  let registrant: Registrant;
  /** The ports at which it was dialled, in order. */
  let dialled: (number | undefined)[];
  let late: number[];
  let isOpen: boolean;

  beforeEach(() => {
    jest.useFakeTimers();
    ({ registration, store, presence, agentOf } = newRegistry());
    [dialled, late, isOpen] = [[], [], true];
    presence.onRegistered(({ endpoint }) => {
      const port = endpoint?.address.protocol === 'tcp' ? endpoint.address.port : undefined;
      if (dialled.at(-1) !== port) dialled.push(port);
    });
    registrant = { peer: undefined, reports: false, isOpen: () => isOpen, onLate: (count) => void late.push(count) };
  });
  afterEach(() => jest.useRealTimers());

  const portOf = (vm: VmName) => {
    const address = agentOf(vm)?.endpoint?.address;
    return address?.protocol === 'tcp' ? address.port : undefined;
  };

  it('is registered at once a few times, and then with its latest endpoint every two seconds', () => {
    const changes = Array.from({ length: 1_000 }, (_, n) => registration.register(at(1_000 + n), registrant));
    expect(changes.filter(Boolean)).toHaveLength(11);
    expect([dialled.length, portOf(netVm)]).toEqual([11, 1_010]);
    jest.advanceTimersByTime(2_000);
    expect([dialled.length, portOf(netVm), late]).toEqual([12, 1_999, [989]]);
    for (let second = 0; second < 20; second++) {
      registration.register(at(second % 2 ? 1_000 : 2_000), registrant);
      jest.advanceTimersByTime(1_000);
    }
    expect(dialled.length).toBeLessThanOrEqual(12 + 10);
    expect(late.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(990);
  });

  it('keeps its endpoint when it registers that again before a delayed registration', () => {
    for (let n = 0; n < 20; n++) registration.register(at(1_000 + n), registrant);
    registration.register(at(1_010), registrant);
    jest.advanceTimersByTime(60_000);
    expect([portOf(netVm), late]).toEqual([1_010, []]);
  });

  it('is also throttled when it reports another boot each time', () => {
    for (let n = 0; n < 100; n++) registration.register(at(1_000, `boot-${n}`), registrant);
    expect(agentOf(netVm)?.bootId).toBe('boot-10');
    jest.advanceTimersByTime(2_000);
    expect(agentOf(netVm)?.bootId).toBe('boot-99');
  });

  it.each([
    ['reporting', true],
    ['lost', false],
  ])('is %s after the delay if its report stream began with that and is open: %s', (state, stillOpen) => {
    for (let n = 0; n < 10; n++) registration.register(at(1_000 + n), registrant);
    registration.register(at(1_009), { ...registrant, reports: true });
    presence.handle(netVm, { kind: 'streamEnded' });
    registration.register(at(3_000), { ...registrant, reports: true });
    isOpen = stillOpen;
    jest.advanceTimersByTime(2_000);
    expect([portOf(netVm), presence.of(netVm)?.state]).toEqual([3_000, state]);
  });

  it('is not registered by a delayed registration once its VM has stopped', () => {
    for (let n = 0; n < 20; n++) registration.register(at(1_000 + n), registrant);
    store.removeMachine(netVm);
    jest.advanceTimersByTime(60_000);
    expect([agentOf(netVm), late]).toEqual([undefined, []]);
  });
});

describe('an agent whose report streams begin and end repeatedly', () => {
  let { registration, presence } = newRegistry();
  /** The states that were recorded for it, in order. */
  let states: (string | undefined)[];
  let isOpen: boolean;
  let late: number[];

  beforeEach(() => {
    jest.useFakeTimers();
    ({ registration, presence } = newRegistry());
    [states, late] = [[], []];
    presence.onTransition(({ after }) => void states.push(after?.state));
  });
  afterEach(() => jest.useRealTimers());

  const begin = (bootId?: string) => {
    isOpen = true;
    const onLate = (count: number) => void late.push(count);
    registration.register(at(9_000, bootId), { peer: undefined, reports: true, isOpen: () => isOpen, onLate });
  };
  const end = () => {
    isOpen = false;
    presence.handle(netVm, { kind: 'streamEnded' });
  };
  const countOf = (state: string) => states.filter((one) => one === state).length;

  it.each([
    ['names no boot', () => undefined],
    ['names the same boot each time', () => 'boot'],
    ['names another boot each time', (n: number) => `boot-${n}`],
  ])('is present at once a few times, and then every two seconds, when it %s', (_, bootOf) => {
    for (let n = 0; n < 1_000; n++) {
      begin(bootOf(n));
      end();
    }
    expect([countOf('reporting'), countOf('lost')]).toEqual([11, 11]);
    for (let n = 0; n < 1_000; n++) {
      begin(bootOf(n));
      jest.advanceTimersByTime(20);
      end();
    }
    expect(countOf('lost')).toBeLessThanOrEqual(11 + 10);
    expect(presence.of(netVm)?.state).toBe('lost');
  });

  it('is present after at most two seconds when its stream stays open', () => {
    for (let n = 0; n < 100; n++) {
      begin();
      end();
    }
    begin();
    expect(presence.of(netVm)?.state).toBe('lost');
    jest.advanceTimersByTime(2_000);
    expect(presence.of(netVm)?.state).toBe('reporting');
  });

  it('is also throttled when it answers polls meanwhile', () => {
    for (let n = 0; n < 1_000; n++) {
      begin();
      end();
      presence.handle(netVm, { kind: 'answered' });
    }
    expect([countOf('reporting'), countOf('lost')]).toEqual([11, 11]);
  });

  it('is also throttled when it registers while it is lost', () => {
    begin();
    end();
    let registered = 0;
    presence.onRegistered(() => void registered++);
    for (let n = 0; n < 1_000; n++) registration.register(at(9_000), { peer: undefined, reports: false });
    expect(registered).toBe(10);
  });

  it('is not throttled while a stream of it is open', () => {
    for (let n = 0; n < 1_000; n++) begin('boot');
    expect([states, late]).toEqual([['reporting'], []]);
  });
});
