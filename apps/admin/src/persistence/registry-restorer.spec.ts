// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { vmUnit } from '@givc/model';
import { agentEntry, newRegistry, unitEntry, vmEntry, vmNamed } from '../registry/registry.fixture.js';

const [netVm, host] = [vmNamed('net-vm'), vmNamed('host')];

describe('the restore of the registry', () => {
  let { restorer, hostElection, lookup, store, lines } = newRegistry();
  beforeEach(() => ({ restorer, hostElection, lookup, store, lines } = newRegistry({ services: [vmUnit(host)] })));

  it('restores agents as unconfirmed, and units as they were', () => {
    restorer.restore(undefined, [agentEntry('net-vm'), unitEntry('net-vm', 'web.service')]);
    expect([...store.entries()].map((entry) => entry.presence)).toEqual([{ state: 'unconfirmed' }, undefined]);
  });

  it('restores the host from before a restart of the admin, unless the configuration names one', () => {
    restorer.restore(host, []);
    expect(hostElection.name).toBe('host');
    ({ restorer, hostElection } = newRegistry({ hostName: netVm }));
    restorer.restore(host, []);
    expect(hostElection.name).toBe('net-vm');
  });

  it('restores the host from the first entry of a host when the stored name is missing', () => {
    restorer.restore(undefined, [agentEntry('net-vm'), agentEntry('host', {}, 'Host')]);
    expect(hostElection.name).toBe('host');
  });

  it('does not restore another host or its VMs', () => {
    ({ restorer, lookup, lines } = newRegistry({ hostName: host }));
    const ofEvil = [agentEntry('evil-vm', {}, 'Host'), vmEntry('net-vm', { machine: vmNamed('evil-vm') })];
    const restored = restorer.restore(vmNamed('evil-vm'), [...ofEvil, agentEntry('net-vm')]);
    expect(restored.map(({ unit }) => unit)).toEqual(['givc-net-vm.service']);
    expect(lines.filter((line) => line.startsWith('warn: entry not restored'))).toHaveLength(2);
    expect(() => lookup.host()).toThrow('has not registered');
  });
});
