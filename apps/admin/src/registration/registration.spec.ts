// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { stoppedStatus } from '@givc/model';
import type { admin } from '@givc/rpc';
import { runningStatus, unitNamed } from '../registry/registry.fixture.js';
import { parseRegistration } from './registration.js';

const transport = { Protocol: 'tcp', Address: '10.0.0.1', Port: '9000', Name: 'net-vm' };
const request = (fields: Partial<admin.RegistryRequest>): admin.RegistryRequest => ({
  Name: 'web.service',
  Parent: 'givc-net-vm.service',
  Type: 9,
  Transport: undefined,
  State: undefined,
  ...fields,
});

describe('a registration', () => {
  it('is parsed for an agent, with its machine and its endpoint', () => {
    const Name = 'givc-net-vm.service';
    expect(parseRegistration(request({ Name, Parent: '', Type: 8, Transport: transport }))).toEqual({
      kind: 'agent',
      unit: Name,
      vm: 'net-vm',
      type: { vm: 'SysVM', service: 'Mgr' },
      status: stoppedStatus(unitNamed(Name)),
      endpoint: { name: 'net-vm', address: { protocol: 'tcp', host: '10.0.0.1', port: 9_000 } },
    });
  });

  it('is parsed for a VM, below the agent of the machine that runs it', () => {
    const Name = 'microvm@net-vm.service';
    expect(parseRegistration(request({ Name, Parent: 'givc-host.service', Type: 7 }))).toEqual({
      kind: 'vm',
      unit: Name,
      vm: 'net-vm',
      agent: 'givc-host.service',
      type: { vm: 'SysVM', service: 'VM' },
      status: stoppedStatus(unitNamed(Name)),
    });
  });

  it('is parsed for any other unit, below the agent of its machine', () => {
    const State = runningStatus(unitNamed('web.service'), { Path: '/lib/systemd/system/web.service' });
    expect(parseRegistration(request({ State }))).toEqual({
      kind: 'unit',
      unit: 'web.service',
      agent: 'givc-net-vm.service',
      type: { vm: 'SysVM', service: 'Svc' },
      status: State,
    });
  });

  it('contains the name of the unit, whatever its state contains, and printable texts of limited length', () => {
    const State = {
      ...runningStatus(unitNamed('other.service')),
      Description: `a\n\u001b${'d'.repeat(513)}`,
      Path: 'p'.repeat(1_025),
      LoadState: 'not-found',
      SubState: '',
      ActiveState: 'some-new_state2',
    };
    expect(parseRegistration(request({ State })).status).toEqual({
      ...{ ...State, Name: 'web.service', Description: `a��${'d'.repeat(509)}`, Path: 'p'.repeat(1_024) },
    });
  });

  it.each(['LoadState', 'ActiveState', 'SubState', 'FreezerState'])(
    'is rejected when its %s is not a state name of systemd',
    (field) => {
      for (const value of ['s'.repeat(65), 'a b', 'a\nb', '-a b', 'ä', 's'.repeat(4_000_000)]) {
        const State = { ...runningStatus(unitNamed('web.service')), [field]: value };
        expect(() => parseRegistration(request({ State }))).toThrow(
          expect.objectContaining({ reason: 'INVALID_ARGUMENT', field: `State.${field}` }) as Error,
        );
      }
    },
  );

  it.each<[Partial<admin.RegistryRequest>, string]>([
    [{ Name: 'web' }, 'Name: invalid unit name "web"'],
    [{ Type: 15 }, 'Type: invalid unit type 15: expected 0-14'],
    [
      { Type: 8, Transport: transport },
      'Name: invalid agent "web.service": expected a name such as "givc-net-vm.service"',
    ],
    [{ Name: 'givc-net-vm.service', Type: 8 }, 'Transport: required for the agent givc-net-vm.service'],
    [
      { Name: 'givc-net-vm.service', Type: 8, Transport: { ...transport, Port: '65536' } },
      'Transport.Port: invalid port "65536"',
    ],
    ...(
      [
        [{ Protocol: 'vsock', Address: '-1' }, 'Transport.Address: invalid vsock number of a peer "-1"'],
        [{ Port: '0' }, 'Transport.Port: no agent can be dialled at port 0'],
        [{ Protocol: 'unix', Address: '/run/a\nb' }, 'Transport.Address: invalid path of a socket "/run/a\\nb"'],
        [{ Address: '0.0.0.0' }, 'Transport.Address: invalid address of a peer "0.0.0.0"'],
        [{ Address: 'fe80::1' }, 'Transport.Address: invalid address of a peer "fe80::1"'],
      ] as const
    ).map(([fields, message]): [Partial<admin.RegistryRequest>, string] => [
      { Name: 'givc-net-vm.service', Type: 8, Transport: { ...transport, ...fields } },
      message,
    ]),
    [{ Parent: '' }, 'Parent: a unit name is missing'],
    [{ Parent: 'web.service' }, 'Parent: invalid agent "web.service": expected a name such as "givc-net-vm.service"'],
    [{ Type: 7 }, 'Name: invalid VM "web.service": expected a name such as "microvm@net-vm.service"'],
  ])('is rejected with the name of the invalid field: %j', (fields, message) => {
    const parse = () => parseRegistration(request(fields));
    expect(parse).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }) as Error);
    expect(parse).toThrow(message);
  });
});
