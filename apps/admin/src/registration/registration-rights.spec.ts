// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { agentUnit, type Address } from '@givc/model';
import type { Peer } from '@givc/access';
import { agentEntry, unitNamed, vmEntry, vmNamed } from '../registry/registry.fixture.js';
import type { AgentEntry } from '../registry/registry-entry.js';
import { assertMayRegister } from './registration-rights.js';
import type { Registration } from './registration.js';

const appVm = vmEntry('app-vm');

const peerOf = (name: string, fields: Partial<Peer> = {}): Peer => ({
  name: vmNamed(name),
  serial: '1',
  notBefore: 1_000,
  notAfter: Infinity,
  hasAddress: (ip) => ip === '10.0.0.1',
  hasName: (host) => host === name,
  ...fields,
});
const tcp = (host: string, port = 9_000): Address => ({ protocol: 'tcp', host, port });

function agentOf(name: string, fields: Partial<Extract<Registration, { kind: 'agent' }>> = {}): Registration {
  const vm = vmNamed(name);
  const { unit, type, status } = agentEntry(name);
  return { kind: 'agent', unit, type, status, vm, endpoint: { name: vm, address: tcp('10.0.0.1') }, ...fields };
}
function unitOf(name: string, machine: string, fields: Partial<Extract<Registration, { kind: 'unit' }>> = {}) {
  const [unit, agent] = [unitNamed(name), agentUnit(vmNamed(machine))];
  const registration: Registration = {
    kind: 'unit',
    unit,
    agent,
    type: { vm: 'SysVM', service: 'Svc' },
    status: appVm.status,
    ...fields,
  };
  return registration;
}
const vmOf = (machine: string): Registration => ({
  kind: 'vm',
  unit: appVm.unit,
  vm: appVm.vm,
  agent: agentUnit(vmNamed(machine)),
  type: appVm.type,
  status: appVm.status,
});

interface Case {
  readonly registration: Registration;
  readonly peer?: Peer;
  readonly hostName?: string | undefined;
  /** The known facts about the agent. */
  readonly before?: Partial<AgentEntry>;
}

const check = ({ registration, peer = peerOf('net-vm'), hostName = 'host', before }: Case) =>
  assertMayRegister(registration, peer, {
    adminName: vmNamed('admin-vm'),
    hostName: hostName === '' ? undefined : vmNamed(hostName),
    agentOf: (vm) => before && agentEntry(vm, before),
  });

const moved: Partial<AgentEntry> = { endpoint: { name: vmNamed('net-vm'), address: tcp('10.0.0.2') } };

describe('a certificate', () => {
  it.each<[string, Case]>([
    ['the agent of its machine, at an address that it has', { registration: agentOf('net-vm') }],
    ['a unit of its machine', { registration: unitOf('web.service', 'net-vm') }],
    ['a VM, when it is that of the host', { registration: vmOf('host'), peer: peerOf('host') }],
    [
      "the admin's VM, when it is that of the host",
      { registration: { ...vmOf('host'), type: { vm: 'AdmVM', service: 'VM' } }, peer: peerOf('host') },
    ],
    [
      'the host again',
      { registration: agentOf('host', { type: { vm: 'Host', service: 'Mgr' } }), peer: peerOf('host') },
    ],
    [
      "the admin's machine, when it is that of the admin",
      { registration: agentOf('admin-vm', { type: { vm: 'AdmVM', service: 'Mgr' } }), peer: peerOf('admin-vm') },
    ],
    [
      'an agent that has moved, when it is not older than the one before',
      { registration: agentOf('net-vm'), before: { ...moved, certifiedAt: 1_000 } },
    ],
    [
      'an agent that has moved, when nothing is known of the certificate before',
      { registration: agentOf('net-vm'), before: moved },
    ],
    [
      'an agent that stays where it is, although it is older than the one before, also at another port',
      {
        registration: agentOf('net-vm'),
        before: { endpoint: { name: vmNamed('net-vm'), address: tcp('10.0.0.1', 1) }, certifiedAt: 1_001 },
      },
    ],
  ])('permits the registration of %s', (_, registering) => {
    expect(() => check(registering)).not.toThrow();
  });

  it.each<[string, Case, string]>([
    [
      'the agent of another machine',
      { registration: agentOf('gui-vm') },
      "Name: givc-gui-vm.service may be registered only with the certificate of gui-vm, and this is net-vm's",
    ],
    [
      'a unit with the name of the agent of another machine',
      { registration: unitOf('givc-gui-vm.service', 'net-vm') },
      "Name: givc-gui-vm.service may be registered only with the certificate of gui-vm, and this is net-vm's",
    ],
    [
      'a unit of another machine',
      { registration: unitOf('web.service', 'gui-vm') },
      "Parent: what is below givc-gui-vm.service may be registered only with the certificate of gui-vm, and this is net-vm's",
    ],
    [
      'an agent that proves itself as another machine',
      { registration: agentOf('net-vm', { endpoint: { name: vmNamed('gui-vm'), address: tcp('10.0.0.1') } }) },
      'Transport.Name: the agent of net-vm proves itself as net-vm, not as gui-vm',
    ],
    [
      'a unit of the host without being the host',
      { registration: unitOf('web.service', 'net-vm', { type: { vm: 'Host', service: 'Svc' } }) },
      'Type: the host of this system is host, not net-vm',
    ],
    [
      'a unit of the host as long as no host is known',
      { registration: unitOf('web.service', 'net-vm', { type: { vm: 'Host', service: 'Svc' } }), hostName: '' },
      'Type: the host of this system is not known yet, not net-vm',
    ],
    [
      "the admin's machine without being it",
      { registration: agentOf('net-vm', { type: { vm: 'AdmVM', service: 'Mgr' } }) },
      "Type: the admin's machine is admin-vm, not net-vm",
    ],
    [
      'a VM without being the host',
      { registration: vmOf('net-vm') },
      'Name: microvm@app-vm.service is a VM, which only the host registers: host',
    ],
    [
      'a unit with the name of a VM without being the host',
      { registration: unitOf('microvm@app-vm.service', 'net-vm') },
      'Name: microvm@app-vm.service is a VM, which only the host registers: host',
    ],
    [
      'a VM as long as no host is known',
      { registration: vmOf('net-vm'), hostName: '' },
      'Name: microvm@app-vm.service is a VM, which only the host registers: it has not registered yet',
    ],
    [
      'an agent that has moved to another host, when it is older than the one before',
      { registration: agentOf('net-vm'), before: { ...moved, certifiedAt: 1_001 } },
      'Transport: net-vm has registered with a newer certificate than this one, and stays where it is',
    ],
    [
      'an agent that has moved to another transport, when it is older than the one before',
      {
        registration: agentOf('net-vm'),
        before: {
          endpoint: { name: vmNamed('net-vm'), address: { protocol: 'unix', path: '/run/a' } },
          certifiedAt: 1_001,
        },
      },
      'Transport: net-vm has registered with a newer certificate than this one, and stays where it is',
    ],
  ])('denies the registration of %s', (_, registering, message) => {
    expect(() => check(registering)).toThrow(
      expect.objectContaining({ reason: 'PERMISSION_DENIED', message, field: message.split(':', 1)[0] }) as Error,
    );
  });
});
