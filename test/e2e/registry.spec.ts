// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminClient } from '@givc/client';
import type { admin } from '@givc/rpc';
import { TestSystem, type TestAgent } from '@givc/testing';

const running = { LoadState: 'loaded', ActiveState: 'active', SubState: 'running', FreezerState: 'running', Path: '' };
const transport = { Protocol: 'tcp', Address: '127.0.0.1', Port: '1', Name: 'x-vm' };

function registration(fields: Partial<admin.RegistryRequest>): admin.RegistryRequest {
  const Name = fields.Name ?? 'givc-x-vm.service';
  return { Name, Parent: '', Type: 8, Transport: transport, State: { ...running, Name, Description: Name }, ...fields };
}

/** The next events of a Watch, as `Kind Name VmStatus`. */
async function next(events: AsyncIterator<admin.WatchItem>, count: number): Promise<string[]> {
  const seen: string[] = [];
  while (seen.length < count) {
    const { value, done } = await events.next();
    if (done || !value.Status) throw new Error('the watch has ended');
    const { $case, value: item } = value.Status;
    seen.push($case === 'Initial' ? `Initial ${item.List.length}` : `${$case} ${item.Name} ${item.VmStatus}`);
  }
  return seen;
}

describe('the registry', () => {
  let system: TestSystem;
  let client: AdminClient;

  beforeEach(async () => {
    system = await TestSystem.start();
    client = system.client();
  });
  afterEach(() => system.close());

  const startVm = async (name: string, capabilities: object, units: string[]): Promise<TestAgent> => {
    const { FakeSystemd } = await import('@givc/systemd');
    const systemd = new FakeSystemd();
    for (const unit of units) systemd.define(unit, { active: true });
    const agent = await system.startAgent(name, { capabilities, systemd });
    await system.until((list) =>
      units.every((unit) => list.some((item) => item.Name === unit && item.VmName === name)),
    );
    return agent;
  };

  it('lists an agent and its units, each with its VM and its agent', async () => {
    await startVm('net-vm', { services: ['web.service', 'poweroff.target'] }, ['web.service']);
    expect((await client.queryList()).List).toEqual([
      {
        Name: 'givc-net-vm.service',
        Description: 'GIVC agent of net-vm',
        VmStatus: 'Running',
        TrustLevel: 'Warning',
        VmType: 'SysVM',
        ServiceType: 'Mgr',
        VmName: 'net-vm',
        AgentName: 'givc-net-vm.service',
      },
      {
        Name: 'web.service',
        Description: 'web.service',
        VmStatus: 'Running',
        TrustLevel: 'Warning',
        VmType: 'SysVM',
        ServiceType: 'Svc',
        VmName: 'net-vm',
        AgentName: 'givc-net-vm.service',
      },
    ]);
  });

  it('lists the same unit name of two machines twice, and rejects the name alone as ambiguous', async () => {
    await startVm('net-vm', { services: ['web.service'] }, ['web.service']);
    await startVm('gui-vm', { services: ['web.service'] }, ['web.service']);
    const web = (await client.queryList()).List.filter(({ Name }) => Name === 'web.service');
    expect(web.map(({ VmName }) => VmName).sort()).toEqual(['gui-vm', 'net-vm']);
    await expect(client.stopService({ ServiceName: 'web.service', VmName: '' })).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/net-vm.*gui-vm|gui-vm.*net-vm/),
    });
    await client.stopService({ ServiceName: 'web.service', VmName: 'net-vm' });
    const after = (await client.queryList()).List.filter(({ Name }) => Name === 'web.service');
    expect(Object.fromEntries(after.map(({ VmName, VmStatus }) => [VmName, VmStatus]))).toEqual({
      'net-vm': 'PoweredOff',
      'gui-vm': 'Running',
    });
  });

  it('sends a watcher the whole list once, then each change once and in order', async () => {
    const vm = await startVm('net-vm', { services: ['web.service'] }, ['web.service']);
    const events = client.watchOnce();
    expect(await next(events, 1)).toEqual(['Initial 2']);
    vm.systemd.crash('web.service' as never);
    await client.startService({ ServiceName: 'web.service', VmName: 'net-vm' });
    await client.stopService({ ServiceName: 'web.service', VmName: 'net-vm' });
    await system.client('x-vm').registerService(registration({}));
    expect(await next(events, 4)).toEqual([
      'Updated web.service PoweredOff',
      'Updated web.service Running',
      'Updated web.service PoweredOff',
      'Added givc-x-vm.service Running',
    ]);
    await events.return(undefined);
  });

  it('sends a watcher Removed for an application that ends, and for all units of a VM that goes down', async () => {
    const [host, xVm] = [system.client('host'), system.client('x-vm')];
    const hostTransport = { ...transport, Name: 'host' };
    await host.registerService(registration({ Name: 'givc-host.service', Type: 0, Transport: hostTransport }));
    const vmUnit = (ActiveState: string) =>
      host.registerService(
        registration({
          ...{ Name: 'microvm@x-vm.service', Type: 7, Parent: 'givc-host.service' },
          State: { ...running, Name: '', Description: '', ActiveState },
        }),
      );
    const unit = (Name: string, Type: number, State = running) =>
      xVm.registerService(
        registration({ Name, Type, Parent: 'givc-x-vm.service', State: { ...State, Name, Description: Name } }),
      );
    await vmUnit('active');
    await xVm.registerService(registration({}));
    await unit('web.service', 9);
    await unit('clock@0.service', 10);
    const events = client.watchOnce();
    expect(await next(events, 1)).toEqual(['Initial 5']);
    await unit('clock@0.service', 10, { ...running, ActiveState: 'inactive', SubState: 'dead' });
    await vmUnit('inactive');
    const removed: string[] = [];
    while (removed.length < 3) removed.push(...(await next(events, 1)).filter((event) => event.startsWith('Removed')));
    expect(removed).toEqual([
      'Removed clock@0.service PoweredOff',
      'Removed givc-x-vm.service PoweredOff',
      'Removed web.service PoweredOff',
    ]);
    expect((await client.queryList()).List.map(({ Name }) => Name)).toEqual([
      'givc-host.service',
      'microvm@x-vm.service',
    ]);
    await events.return(undefined);
  });

  it('accepts the first machine that registers as the host, and rejects a second one', async () => {
    const asHost = (name: string) =>
      system
        .client(name)
        .registerService(
          registration({ Name: `givc-${name}.service`, Type: 0, Transport: { ...transport, Name: name } }),
        );
    await asHost('host');
    await expect(asHost('x-vm')).rejects.toMatchObject({
      reason: 'PERMISSION_DENIED',
      message: 'Type: the host of this system is host, not x-vm',
    });
    await asHost('host');
    expect((await client.queryList()).List.map(({ Name }) => Name)).toEqual(['givc-host.service']);
  });

  it('sends watchers nothing when a registration changes nothing', async () => {
    await system.client('x-vm').registerService(registration({}));
    // No server listens at the address that it registers.
    await system.until((list) => list.some(({ VmStatus }) => VmStatus === 'PoweredOff'));
    const events = client.watchOnce();
    await next(events, 1);
    for (let n = 0; n < 5; n++) await system.client('x-vm').registerService(registration({}));
    await system
      .client('y-vm')
      .registerService(registration({ Name: 'givc-y-vm.service', Transport: { ...transport, Name: 'y-vm' } }));
    expect(await next(events, 1)).toEqual(['Added givc-y-vm.service Running']);
    await events.return(undefined);
  });

  it('marks an agent that cannot be reached as powered off, and as running once it is back', async () => {
    const vm = await startVm('net-vm', { services: ['web.service'] }, ['web.service']);
    const { address } = vm.endpoint;
    await vm.close();
    await system.until((list) =>
      list.some((item) => item.Name === 'givc-net-vm.service' && item.VmStatus === 'PoweredOff'),
    );
    await expect(client.getUnitStatus({ VmName: 'net-vm', UnitName: 'web.service' })).rejects.toMatchObject({
      reason: 'UNAVAILABLE',
    });
    await system.startAgent('net-vm', {
      systemd: vm.systemd,
      capabilities: { services: ['web.service'] },
      port: address.protocol === 'tcp' ? address.port : 0,
    });
    await system.untilRegistered('net-vm');
    expect(await client.getUnitStatus({ VmName: 'net-vm', UnitName: 'web.service' })).toMatchObject({
      ActiveState: 'active',
    });
  });

  it('is complete again after the admin has restarted, without a restart of any agent', async () => {
    const vm = await startVm(
      'net-vm',
      { services: ['web.service'], applications: [{ name: 'clock', command: '/bin/clock' }] },
      ['web.service'],
    );
    await client.startApplication({ AppName: 'clock', VmName: 'net-vm', Args: [] });
    const before = (await client.queryList()).List;
    const { address } = system.admin.endpoint;
    await system.admin.close();
    vm.systemd.crash('web.service' as never);
    await system.startAdmin({ listen: [address] });
    await system.until((list) => list.length === before.length);
    const { List } = await system.client().queryList();
    expect(List.map(({ Name, VmStatus }) => [Name, VmStatus]).sort()).toEqual([
      ['clock@0.service', 'Running'],
      ['givc-net-vm.service', 'Running'],
      ['web.service', 'PoweredOff'],
    ]);
    const { registryId } = await system.client().startApplication({ AppName: 'clock', VmName: 'net-vm', Args: [] });
    expect(registryId).toBe('clock@1.service');
  });

  it.each<[string, Partial<admin.RegistryRequest>, string, string]>([
    ['an unknown type', { Type: 15 }, 'INVALID_ARGUMENT', 'Type'],
    ['an agent without transport', { Transport: undefined }, 'INVALID_ARGUMENT', 'Transport'],
    [
      'an unknown protocol',
      { Transport: { ...transport, Protocol: 'quic' } },
      'INVALID_ARGUMENT',
      'Transport.Protocol',
    ],
    ['an invalid port', { Transport: { ...transport, Port: '70000' } }, 'INVALID_ARGUMENT', 'Transport.Port'],
    ['a name that is not a unit', { Name: 'givc-x-vm' }, 'INVALID_ARGUMENT', 'Name'],
    ['a path in a name', { Name: 'givc-../x.service' }, 'INVALID_ARGUMENT', 'Name'],
    ['a newline in a name', { Name: 'givc-x\n.service' }, 'INVALID_ARGUMENT', 'Name'],
    ['an agent of another name', { Name: 'agent.service' }, 'INVALID_ARGUMENT', 'Name'],
    ['a unit without agent', { Name: 'web.service', Type: 9 }, 'INVALID_ARGUMENT', 'Parent'],
    [
      'a unit of an unknown agent',
      { Name: 'web.service', Type: 9, Parent: 'givc-x-vm.service' },
      'NOT_FOUND',
      'givc-x-vm',
    ],
    ['a VM of another name', { Name: 'web.service', Type: 7, Parent: 'givc-h.service' }, 'INVALID_ARGUMENT', 'Name'],
  ])('rejects %s and names it', async (_, fields, reason, named) => {
    await expect(system.client('x-vm').registerService(registration(fields))).rejects.toMatchObject({
      reason,
      message: expect.stringContaining(named),
    });
    expect((await client.queryList()).List).toEqual([]);
  });

  it('is bounded for each machine', async () => {
    await system.client('x-vm').registerService(registration({}));
    const xVm = system.client('x-vm');
    const register = (n: number) =>
      xVm.registerService(registration({ Name: `u${n}.service`, Type: 9, Parent: 'givc-x-vm.service' }));
    for (let done = 0; done < 999; done += 111)
      await Promise.all(Array.from({ length: 111 }, (_, n) => register(done + n)));
    await expect(register(1_000)).rejects.toMatchObject({ reason: 'RESOURCE_EXHAUSTED' });
    expect((await client.queryList()).List).toHaveLength(1_000);
  });
});

it('the registry accepts 256 machines, and serves them when more register', async () => {
  const system = await TestSystem.start({ tls: false });
  const client = system.client();
  const agent = (n: number) => {
    const Name = `givc-vm-${n}.service`;
    return client.registerService(registration({ Name, Transport: { ...transport, Name: `vm-${n}` } }));
  };
  await Promise.all(Array.from({ length: 256 }, (_, n) => agent(n)));
  await expect(agent(256)).rejects.toMatchObject({
    reason: 'RESOURCE_EXHAUSTED',
    message: expect.stringContaining('256 machines are registered'),
  });
  await agent(0);
  await client.registerService(registration({ Name: 'web.service', Type: 9, Parent: 'givc-vm-0.service' }));
  expect((await client.queryList()).List).toHaveLength(257);
  await system.close();
});
