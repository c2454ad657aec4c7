// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { stoppedStatus, vmUnit, type VmName } from '@givc/model';
import type { Peer } from '@givc/access';
import {
  agentEntry,
  agentRegistration,
  endpointOf,
  failedStatus,
  newRegistry,
  runningStatus,
  unitNamed,
  instanceRegistration,
  unitRegistration,
  vmEntry,
  vmNamed,
  vmRegistration,
} from './registry.fixture.js';

const [netVm, guiVm, host] = [vmNamed('net-vm'), vmNamed('gui-vm'), vmNamed('host')];
const web = unitNamed('web.service');
const clock = unitNamed('clock@0.service');

const peerOf = (name: VmName, notBefore = 1_000): Peer => ({
  ...{ name, serial: '1', notBefore, notAfter: Infinity },
  hasAddress: () => true,
  hasName: () => true,
});

const hostAgent = (name: VmName) => agentRegistration(name, { type: { vm: 'Host', service: 'Mgr' } });

describe('the registry', () => {
  let { registry, store, lines, register, agentOf, list } = newRegistry();
  beforeEach(() => ({ registry, store, lines, register, agentOf, list } = newRegistry({ services: [vmUnit(host)] })));

  describe('that knows which machine is the host', () => {
    it('takes the first of SERVICES that registers as the host for it, and refuses a second one', () => {
      register(hostAgent(host), false, peerOf(host));
      expect(registry.hostName).toBe('host');
      expect(() => register(hostAgent(netVm), false, peerOf(netVm))).toThrow(
        expect.objectContaining({
          reason: 'PERMISSION_DENIED',
          message: 'Type: the host of this system is host, not net-vm',
        }) as Error,
      );
      expect(registry.hostName).toBe('host');
      expect(agentOf(netVm)).toBeUndefined();
    });

    it('accepts further registrations of the same host', () => {
      for (let time = 0; time < 2; time++) register(hostAgent(host), false, peerOf(host));
      register(vmRegistration(netVm, runningStatus(vmEntry('net-vm').unit)), false, peerOf(host));
      expect(list()).toEqual(['givc-host.service Running', 'microvm@net-vm.service Running']);
    });

    it("does not take a VM's agent or a unit for the host", () => {
      register(agentRegistration(netVm), false, peerOf(netVm));
      const unit = unitRegistration(netVm, web, { type: { vm: 'Host', service: 'Svc' } });
      expect(() => register(unit, false, peerOf(netVm))).toThrow('the host of this system is not known yet');
      expect(registry.hostName).toBeUndefined();
    });

    it('does not take an agent for the host whose registration is refused for another reason', () => {
      const stranger = { ...peerOf(host), hasAddress: () => false };
      expect(() => register(hostAgent(host), false, stranger)).toThrow('Transport.Address');
      expect(registry.hostName).toBeUndefined();
    });

    it('knows a configured host before any agent has registered', () => {
      ({ register } = newRegistry({ hostName: host }));
      expect(() => register(hostAgent(netVm), false, peerOf(netVm))).toThrow('the host of this system is host');
    });

    it('restores the host from before a restart of the admin, unless the configuration names one', () => {
      registry.restore(host, []);
      expect(registry.hostName).toBe('host');
      ({ registry } = newRegistry({ hostName: netVm }));
      registry.restore(host, []);
      expect(registry.hostName).toBe('net-vm');
    });

    it('restores the host from the first entry of a host when the stored name is missing', () => {
      registry.restore(undefined, [agentEntry('net-vm'), agentEntry('host', {}, 'Host')]);
      expect(registry.hostName).toBe('host');
    });

    it('does not restore another host or its VMs', () => {
      ({ registry, store, lines } = newRegistry({ hostName: host }));
      const ofEvil = [agentEntry('evil-vm', {}, 'Host'), vmEntry('net-vm', { machine: vmNamed('evil-vm') })];
      const restored = registry.restore(vmNamed('evil-vm'), [...ofEvil, agentEntry('net-vm')]);
      expect(restored.map(({ unit }) => unit)).toEqual(['givc-net-vm.service']);
      expect(lines.filter((line) => line.startsWith('warn: entry not restored'))).toHaveLength(2);
      expect(() => registry.host()).toThrow('has not registered');
    });

    it('refuses a claim of the name of the host from another address when TLS is off', () => {
      ({ register, agentOf } = newRegistry({}, { tls: false }));
      const at = (address: string) => ({ name: host, address: { protocol: 'tcp', host: address, port: 1 } }) as const;
      const agent = agentRegistration(host, { type: { vm: 'Host', service: 'Mgr' }, endpoint: at('10.0.0.1') });
      register(agent, false, undefined, '10.0.0.1');
      const impostor = agentRegistration(host, { endpoint: at('10.0.0.2') });
      expect(() => register(impostor, false, undefined, '10.0.0.2')).toThrow('host is the host at 10.0.0.1');
      expect(agentOf(host)?.endpoint).toEqual(at('10.0.0.1'));
    });
  });

  describe('that receives a registration', () => {
    it('registers an agent with the age of its certificate and the boot of its machine', () => {
      register(agentRegistration(netVm, { bootId: 'b' }), false, peerOf(netVm, 7));
      expect(agentOf(netVm)).toMatchObject({
        ...{ vm: 'net-vm', machine: 'net-vm', agent: 'givc-net-vm.service', endpoint: endpointOf(netVm) },
        ...{ certifiedAt: 7, bootId: 'b' },
      });
      expect(lines).toEqual(['info: registered unit=givc-net-vm.service vm=net-vm type=Mgr']);
    });

    it('returns whether a registration is new or has another endpoint', () => {
      expect(register(agentRegistration(netVm))).toBe(true);
      expect(register(agentRegistration(netVm))).toBe(false);
      expect(register(agentRegistration(netVm, { endpoint: endpointOf(netVm, 9_001) }))).toBe(true);
      expect(register(unitRegistration(netVm, web))).toBe(true);
      expect(register(unitRegistration(netVm, web))).toBe(false);
      expect(lines.filter((line) => line.includes('registered'))).toHaveLength(2);
    });

    it('accepts another endpoint of an agent only with a certificate that is not older than the last one', () => {
      const moved = agentRegistration(netVm, {
        endpoint: { name: netVm, address: { protocol: 'tcp', host: '127.0.0.2', port: 9_000 } },
      });
      register(agentRegistration(netVm), false, peerOf(netVm, 7));
      expect(() => register(moved, false, peerOf(netVm, 6))).toThrow('has registered with a newer certificate');
      expect(register(moved, false, peerOf(netVm, 7))).toBe(true);
    });

    it('registers a unit only below a registered agent', () => {
      expect(() => register(unitRegistration(netVm, web))).toThrow(
        expect.objectContaining({
          reason: 'NOT_FOUND',
          message: 'Parent: the agent "givc-net-vm.service" is not registered',
        }) as Error,
      );
    });

    it('remembers that a unit was stopped on request until it runs again', () => {
      const asked = { stop_requested: true, result: 'timeout', status: 9 };
      register(agentRegistration(netVm), true);
      register(unitRegistration(netVm, web, { status: failedStatus(web), ending: asked }), true);
      expect(store.get(netVm, web)?.stopRequested).toBe(true);
      register(unitRegistration(netVm, web, { status: failedStatus(web) }), true);
      expect(store.get(netVm, web)?.stopRequested).toBe(true);
      register(
        unitRegistration(netVm, web, { status: failedStatus(web), ending: { ...asked, stop_requested: false } }),
        true,
      );
      expect(store.get(netVm, web)?.stopRequested).toBe(false);
      register(unitRegistration(netVm, web, { ending: asked }), true);
      expect(store.get(netVm, web)?.stopRequested).toBeUndefined();
    });

    it('removes an application that has ended and logs once how it ended', () => {
      const [asked, byItself] = [{ stop_requested: true }, { stop_requested: false }];
      register(agentRegistration(netVm), true);
      for (const ending of [
        { ...asked, result: 'success', status: 0 },
        { ...byItself, result: 'success', status: 0 },
        { ...byItself, result: 'exit-code', status: 1 },
        undefined,
      ]) {
        register(instanceRegistration(netVm, runningStatus(clock)), true);
        for (let time = 0; time < 2; time++)
          register(instanceRegistration(netVm, stoppedStatus(clock), { ending }), true);
        expect(store.get(netVm, clock)).toBeUndefined();
      }
      expect(lines.filter((line) => line.includes('ended'))).toEqual([
        'info: application ended unit=clock@0.service vm=net-vm how=stopped result=success status=0',
        'info: application ended unit=clock@0.service vm=net-vm how="closed itself" result=success status=0',
        'info: application ended unit=clock@0.service vm=net-vm how=crashed result=exit-code status=1',
        'info: application ended unit=clock@0.service vm=net-vm',
      ]);
    });

    it('keeps a unit that has ended and is not an application, with its state', () => {
      register(agentRegistration(netVm));
      register(unitRegistration(netVm, web, { status: stoppedStatus(web) }));
      expect(list()).toEqual(['givc-net-vm.service Running', 'web.service PoweredOff']);
    });

    it("removes the agent and the units of a VM that is down, and keeps the VM's own unit", () => {
      register(agentRegistration(host));
      register(vmRegistration(netVm, runningStatus(vmEntry('net-vm').unit)));
      register(agentRegistration(netVm));
      register(unitRegistration(netVm, web));
      register(agentRegistration(guiVm));
      register(vmRegistration(netVm, runningStatus(vmEntry('net-vm').unit)));
      expect(list()).toContain('web.service Running');
      register(vmRegistration(netVm, stoppedStatus(vmEntry('net-vm').unit)));
      expect(list()).toEqual([
        'givc-host.service Running',
        'microvm@net-vm.service PoweredOff',
        'givc-gui-vm.service Running',
      ]);
    });
  });
});
