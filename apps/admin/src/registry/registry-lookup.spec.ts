// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { InstanceSelector, VmName } from '@givc/model';
import { agentEntry, newRegistry, unitEntry, unitNamed, vmEntry, vmNamed } from './registry.fixture.js';
import type { AgentEntry } from './registry-entry.js';

const [netVm, guiVm] = [vmNamed('net-vm'), vmNamed('gui-vm')];
const web = unitNamed('web.service');
const clock = unitNamed('clock@0.service');

describe('the lookup in the registry', () => {
  let { lookup, store } = newRegistry();
  beforeEach(() => ({ lookup, store } = newRegistry()));

  const hostEntry: Partial<AgentEntry> = { type: { vm: 'Host', service: 'Mgr' } };

  it('finds the agent of a machine, and distinguishes a missing agent from an unknown machine', () => {
    store.put(agentEntry('net-vm'));
    store.put(vmEntry('gui-vm'));
    expect(lookup.agentOf(netVm).unit).toBe('givc-net-vm.service');
    expect(() => lookup.agentOf(guiVm)).toThrow(
      expect.objectContaining({
        reason: 'UNAVAILABLE',
        message: 'VM "gui-vm" has no agent: is it running?',
      }) as Error,
    );
    expect(() => lookup.agentOf(vmNamed('no-vm'))).toThrow(
      expect.objectContaining({
        reason: 'NOT_FOUND',
        message: 'VM "no-vm" is unknown',
      }) as Error,
    );
  });

  it('finds the agent of the configured host, not a unit of the host nor another agent that claims to be the host', () => {
    ({ lookup, store } = newRegistry({ hostName: vmNamed('host') }));
    store.put(agentEntry('net-vm', hostEntry));
    store.put(unitEntry('host', web, { type: { vm: 'Host', service: 'Svc' } }));
    expect(() => lookup.host()).toThrow(
      expect.objectContaining({
        reason: 'UNAVAILABLE',
        message: 'the agent of the host has not registered',
      }) as Error,
    );
    store.put(agentEntry('host', hostEntry));
    expect(lookup.host().unit).toBe('givc-host.service');
  });

  it('finds the unit that runs a VM, and no other unit of that name', () => {
    const { unit } = vmEntry('net-vm');
    store.put(unitEntry('gui-vm', unit));
    expect(store.vmEntry(netVm)).toBeUndefined();
    store.put(vmEntry('gui-vm'));
    store.put(vmEntry('net-vm'));
    expect(store.vmEntry(netVm)).toMatchObject({ unit, machine: 'host' });
  });

  it('finds the only machine that has a unit', () => {
    store.put(unitEntry('net-vm', web));
    expect(lookup.machineOf('ServiceName', web)).toBe('net-vm');
    expect(() => lookup.machineOf('ServiceName', clock)).toThrow(
      expect.objectContaining({
        reason: 'NOT_FOUND',
        message: 'unit "clock@0.service" is not registered by any VM',
      }) as Error,
    );
    store.put(unitEntry('gui-vm', web));
    expect(() => lookup.machineOf('ServiceName', web)).toThrow(
      expect.objectContaining({
        reason: 'INVALID_ARGUMENT',
        message: 'ServiceName: web.service is in net-vm, gui-vm: name one of them',
      }) as Error,
    );
  });

  it('finds the instances of an application on one machine', () => {
    const all = { kind: 'all', application: 'clock' } as InstanceSelector;
    const one = { kind: 'one', unit: clock } as InstanceSelector;
    const second = unitNamed('clock@1.service');
    const found = (selector: InstanceSelector, of?: VmName) =>
      lookup.instances(selector, of).map(({ unit, vm }) => `${vm} ${unit}`);
    expect(() => found(one)).toThrow(
      expect.objectContaining({
        reason: 'NOT_FOUND',
        message: 'application "clock@0.service" does not run',
      }) as Error,
    );
    store.put(unitEntry('net-vm', clock, {}, 'App'));
    store.put(unitEntry('net-vm', second, {}, 'App'));
    store.put(unitEntry('net-vm', 'calendar@0.service', {}, 'App'));
    store.put(unitEntry('net-vm', 'clock@7.service'));
    expect(found(all)).toEqual(['net-vm clock@0.service', 'net-vm clock@1.service']);
    expect(found(one)).toEqual(['net-vm clock@0.service']);
    expect(() => found(all, guiVm)).toThrow('application "clock" does not run in VM "gui-vm"');
    store.put(unitEntry('gui-vm', clock, {}, 'App'));
    expect(() => found(one)).toThrow(
      expect.objectContaining({
        reason: 'INVALID_ARGUMENT',
        message: 'VmName: "clock@0.service" runs in net-vm, gui-vm: name one of them',
      }) as Error,
    );
    expect(found(one, guiVm)).toEqual(['gui-vm clock@0.service']);
    store.put(unitEntry('clock-vm', clock, {}, 'App'));
    expect(found(one)).toEqual(['clock-vm clock@0.service']);
    expect(found(all)).toEqual(['clock-vm clock@0.service']);
    expect(found(all, netVm)).toEqual(['net-vm clock@0.service', 'net-vm clock@1.service']);
  });
});
