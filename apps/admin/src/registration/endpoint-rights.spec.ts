// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Address } from '@givc/model';
import type { Caller, Peer } from '@givc/access';
import { agentEntry, agentRegistration, newRegistry, vmNamed } from '../registry/registry.fixture.js';

const vm = vmNamed('net-vm');
const peer: Peer = {
  name: vm,
  serial: '1',
  notBefore: 1_000,
  notAfter: Infinity,
  hasAddress: (ip) => ip === '10.0.0.1',
  hasName: (host) => host === 'net-vm',
};
const tcp = (host: string): Address => ({ protocol: 'tcp', host, port: 9_000 });
const unix = (path: string): Address => ({ protocol: 'unix', path });
const abstract = (path: string): Address => ({ protocol: 'abstract', path });
const vsock: Address = { protocol: 'vsock', cid: 7, port: 1 };

const agentSockets = ['/run/agent.sock', '@agent'];
const registerAt = (address: Address, caller: Partial<Caller>) => {
  const { register, store } = newRegistry({ agentSockets });
  register(agentRegistration('net-vm', { endpoint: { name: vm, address } }), false, caller.peer, caller.address);
  return store.agent(vm)?.endpoint.address;
};

describe('the endpoint that an agent registers', () => {
  it.each<[string, Address, Partial<Caller>]>([
    ['an address of its certificate', tcp('10.0.0.1'), { peer, address: '10.0.0.9' }],
    ['a name of its certificate', tcp('net-vm'), { peer }],
    ['the address that it calls from when TLS is off', tcp('10.0.0.9'), { address: '10.0.0.9' }],
    ['that address as an IPv4-mapped one', tcp('::ffff:10.0.0.9'), { address: '10.0.0.9' }],
    ['that address when the call has it IPv4-mapped', tcp('10.0.0.9'), { address: '::ffff:10.0.0.9' }],
    ['that address with the zone that it has on this machine', tcp('fe80::1%eth0'), { address: 'fe80::1' }],
    ['this machine when it calls over a unix socket without TLS', tcp('127.0.0.1'), {}],
    ['a unix socket that the configuration names', unix('/run/agent.sock'), { peer }],
    ['an abstract socket that the configuration names', abstract('agent'), {}],
    ['the CID that it calls from', vsock, { peer, address: 'vsock:7' }],
  ])('is accepted at %s', (_, address, caller) => {
    expect(registerAt(address, caller)).toEqual(address);
  });

  it.each<[string, Address, Partial<Caller>, string]>([
    [
      'an address that its certificate lacks, although it calls from there',
      tcp('10.0.0.2'),
      { peer, address: '10.0.0.2' },
      'Transport.Address: the certificate of net-vm is not for 10.0.0.2: name an address that it has',
    ],
    [
      'a name that its certificate lacks',
      tcp('gui-vm'),
      { peer },
      'Transport.Address: the certificate of net-vm is not for gui-vm: name an address that it has',
    ],
    [
      'another address than it calls from when TLS is off',
      tcp('127.0.0.1'),
      { address: '10.0.0.9' },
      'Transport.Address: TLS is off, and this call is from 10.0.0.9, not from 127.0.0.1',
    ],
    [
      'a name when TLS is off',
      tcp('localhost'),
      { address: '127.0.0.1' },
      'Transport.Address: TLS is off, and this call is from 127.0.0.1, not from localhost',
    ],
    [
      'another machine when it calls over a unix socket without TLS',
      tcp('10.0.0.1'),
      {},
      'Transport.Address: TLS is off, and this call is from this machine, not from 10.0.0.1',
    ],
    [
      'a unix socket that the configuration does not name',
      unix('/run/other.sock'),
      { peer },
      'Transport.Address: "/run/other.sock" is not a socket that --agent-socket (GIVC_AGENT_SOCKETS) names',
    ],
    [
      'an abstract socket with the name of a permitted unix socket',
      abstract('/run/agent.sock'),
      {},
      'Transport.Address: "@/run/agent.sock" is not a socket that --agent-socket (GIVC_AGENT_SOCKETS) names',
    ],
    [
      'the CID of another machine',
      vsock,
      { peer, address: 'vsock:77' },
      'Transport.Address: this call is from vsock:77, not from the CID 7',
    ],
    [
      'a CID when it calls over TCP',
      vsock,
      { peer, address: '10.0.0.1' },
      'Transport.Address: this call is from 10.0.0.1, not from the CID 7',
    ],
    [
      'a CID when it calls over a unix socket',
      vsock,
      { peer },
      'Transport.Address: this call is from this machine, not from the CID 7',
    ],
    [
      'an address when TLS is off and it calls over vsock',
      tcp('127.0.0.1'),
      { address: 'vsock:7' },
      'Transport.Address: TLS is off, and this call is from vsock:7, not from 127.0.0.1',
    ],
  ])('is rejected at %s', (_, address, caller, message) => {
    expect(() => registerAt(address, caller)).toThrow(
      expect.objectContaining({ reason: 'PERMISSION_DENIED', message, field: message.split(':', 1)[0] }) as Error,
    );
  });

  it('is not restored from an earlier run at a socket that is not configured', () => {
    const { restorer, store, lines } = newRegistry({ agentSockets });
    restorer.restore(undefined, [
      agentEntry('net-vm', { endpoint: { name: vm, address: unix('/run/other.sock') } }),
      agentEntry('gui-vm', { endpoint: { name: vmNamed('gui-vm'), address: unix('/run/agent.sock') } }),
    ]);
    expect([...store.entries()].map(({ machine }) => machine)).toEqual(['gui-vm']);
    expect(lines[0]).toMatch(/^warn: entry not restored .*other.sock/);
  });
});
