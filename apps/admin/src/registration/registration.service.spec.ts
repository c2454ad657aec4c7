// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { vmUnit, type VmName } from '@givc/model';
import type { Peer } from '@givc/access';
import {
  agentRegistration,
  endpointOf,
  newRegistry,
  runningStatus,
  unitNamed,
  unitRegistration,
  vmEntry,
  vmNamed,
  vmRegistration,
} from '../registry/registry.fixture.js';

const [netVm, host] = [vmNamed('net-vm'), vmNamed('host')];
const web = unitNamed('web.service');

const peerOf = (name: VmName, notBefore = 1_000): Peer => ({
  name,
  serial: '1',
  notBefore,
  notAfter: Infinity,
  hasAddress: () => true,
  hasName: () => true,
});

const hostAgent = (name: VmName) => agentRegistration(name, { type: { vm: 'Host', service: 'Mgr' } });

describe('the registration', () => {
  let { hostElection, lines, register, agentOf, list } = newRegistry();
  beforeEach(() => ({ hostElection, lines, register, agentOf, list } = newRegistry({ services: [vmUnit(host)] })));

  describe('of the host', () => {
    it('accepts the first machine of SERVICES that registers as the host, and rejects a second one', () => {
      register(hostAgent(host), false, peerOf(host));
      expect(hostElection.name).toBe('host');
      expect(() => register(hostAgent(netVm), false, peerOf(netVm))).toThrow(
        expect.objectContaining({
          reason: 'PERMISSION_DENIED',
          message: 'Type: the host of this system is host, not net-vm',
        }) as Error,
      );
      expect(hostElection.name).toBe('host');
      expect(agentOf(netVm)).toBeUndefined();
    });

    it('accepts further registrations of the same host', () => {
      for (let time = 0; time < 2; time++) register(hostAgent(host), false, peerOf(host));
      register(vmRegistration(netVm, runningStatus(vmEntry('net-vm').unit)), false, peerOf(host));
      expect(list()).toEqual(['givc-host.service Running', 'microvm@net-vm.service Running']);
    });

    it("does not accept a VM's agent or a unit as the host", () => {
      register(agentRegistration(netVm), false, peerOf(netVm));
      const unit = unitRegistration(netVm, web, { type: { vm: 'Host', service: 'Svc' } });
      expect(() => register(unit, false, peerOf(netVm))).toThrow('the host of this system is not known yet');
      expect(hostElection.name).toBeUndefined();
    });

    it('does not accept an agent as the host when its registration is rejected for another reason', () => {
      const stranger = { ...peerOf(host), hasAddress: () => false };
      expect(() => register(hostAgent(host), false, stranger)).toThrow('Transport.Address');
      expect(hostElection.name).toBeUndefined();
    });

    it('knows a configured host before any agent has registered', () => {
      ({ register } = newRegistry({ hostName: host }));
      expect(() => register(hostAgent(netVm), false, peerOf(netVm))).toThrow('the host of this system is host');
    });

    it("rejects a claim of the host's name from another address when TLS is off", () => {
      ({ register, agentOf } = newRegistry({}, { tls: false }));
      const at = (address: string) => ({ name: host, address: { protocol: 'tcp', host: address, port: 1 } }) as const;
      const agent = agentRegistration(host, { type: { vm: 'Host', service: 'Mgr' }, endpoint: at('10.0.0.1') });
      register(agent, false, undefined, '10.0.0.1');
      const impostor = agentRegistration(host, { endpoint: at('10.0.0.2') });
      expect(() => register(impostor, false, undefined, '10.0.0.2')).toThrow('host is the host at 10.0.0.1');
      expect(agentOf(host)?.endpoint).toEqual(at('10.0.0.1'));
    });
  });

  describe('of an agent or a unit', () => {
    it('registers an agent with the age of its certificate and the boot of its machine', () => {
      register(agentRegistration(netVm, { bootId: 'b' }), false, peerOf(netVm, 7));
      expect(agentOf(netVm)).toMatchObject({
        vm: 'net-vm',
        machine: 'net-vm',
        agent: 'givc-net-vm.service',
        endpoint: endpointOf(netVm),
        certifiedAt: 7,
        bootId: 'b',
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
          field: 'Parent',
        }) as Error,
      );
    });
  });
});
