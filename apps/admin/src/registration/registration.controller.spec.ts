// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Audit } from '@givc/access';
import type { admin, ServerCall } from '@givc/rpc';
import { RegistrationController } from './registration.controller.js';
import { agentEntry, newRegistry, runningStatus, unitNamed } from '../registry/registry.fixture.js';
import { parseRegistration } from './registration.js';

describe('the audit lines about units that one caller registers', () => {
  let { registration, store } = newRegistry();
  let record: { readonly peer?: string; readonly address: string; readonly request: Record<string, unknown> }[];
  let controller: RegistrationController;

  beforeEach(() => {
    jest.useFakeTimers();
    ({ registration, store } = newRegistry());
    record = [];
    const write = (line: string) => void record.push(JSON.parse(line) as (typeof record)[number]);
    const audit = new Audit({ write, reload: () => undefined, close: () => undefined });
    controller = new RegistrationController(registration, audit);
    for (const vm of ['net-vm', 'gui-vm']) store.put(agentEntry(vm));
  });
  afterEach(() => jest.useRealTimers());

  const register = (vm: string, unit: string, ActiveState = 'active') => {
    const request: admin.RegistryRequest = {
      Name: unit,
      Parent: `givc-${vm}.service`,
      Type: 10,
      Transport: undefined,
      State: runningStatus(unitNamed(unit), { ActiveState }),
    };
    const address = vm === 'net-vm' ? '10.0.0.6' : '10.0.0.7';
    controller.registerService(parseRegistration(request), request, { peer: undefined, address }, {} as ServerCall);
  };

  it('are coalesced when they come too fast, with the number of registrations, which are all made', () => {
    for (let n = 0; n < 500; n++) register('net-vm', `a@${n}.service`);
    expect([...store.entries()].filter(({ type }) => type.service === 'App')).toHaveLength(500);
    register('gui-vm', 'b@0.service');
    jest.advanceTimersByTime(10_000);
    expect(record.map(({ address, request }) => ({ address, ...request }))).toEqual([
      {
        address: '10.0.0.6',
        Name: 'a@499.service',
        Parent: 'givc-net-vm.service',
        Type: 10,
        coalesced: 400,
      },
    ]);
  });

  it('are written every two seconds for a unit that starts and ends repeatedly', () => {
    for (let n = 0; n < 1_000; n++) {
      register('net-vm', 'a@0.service');
      register('net-vm', 'a@0.service', 'inactive');
      jest.advanceTimersByTime(20);
    }
    expect(record.length).toBeGreaterThan(0);
    expect(record.length).toBeLessThanOrEqual(10);
    expect(store.items().map(({ Name }) => Name)).not.toContain('a@0.service');
  });
});
