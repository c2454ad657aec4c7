// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { agentEntry, newRegistry, unitEntry, vmEntry } from '../registry/registry.fixture.js';
import { ManagedVmsService } from './managed-vms.service.js';

describe('names in SERVICES', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('are logged once when they are not VMs of the host, ten seconds after the host has registered', () => {
    const services = ['microvm@net-vm.service', 'microvm@no-vm.service', 'microvm@host.service'];
    const { config, store, log, lines } = newRegistry({ services, monitoring: true });
    const service = new ManagedVmsService(config, store, log);
    store.put(agentEntry('net-vm'));
    store.put(unitEntry('host', 'web.service', { type: { vm: 'Host', service: 'Svc' } }));
    jest.advanceTimersByTime(60_000);
    store.put(agentEntry('host', {}, 'Host'));
    store.put(agentEntry('host', {}, 'Host'));
    jest.advanceTimersByTime(9_999);
    store.put(vmEntry('net-vm'));
    expect(lines).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(lines).toEqual([
      expect.stringContaining('SERVICES names a VM that the host does not have unit=microvm@no-vm.service host=host'),
    ]);
    store.put(agentEntry('host', {}, 'Host'));
    expect(jest.getTimerCount()).toBe(0);
    service.onApplicationShutdown();
  });

  it('are not checked any more once the admin stops', () => {
    const { config, store, log, lines } = newRegistry({ services: ['microvm@no-vm.service'], monitoring: true });
    const service = new ManagedVmsService(config, store, log);
    store.put(agentEntry('host', {}, 'Host'));
    service.onApplicationShutdown();
    jest.advanceTimersByTime(60_000);
    expect(lines).toEqual([]);
  });

  it('are not checked by an admin that does not monitor', () => {
    const { config, store, log } = newRegistry({ services: ['microvm@no-vm.service'], monitoring: false });
    new ManagedVmsService(config, store, log);
    store.put(agentEntry('host', {}, 'Host'));
    expect(jest.getTimerCount()).toBe(0);
  });
});
