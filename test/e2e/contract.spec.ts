// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { recordedRpcs } from '@givc/access';
import { services, type ServiceName } from '@givc/rpc';
import { TestSystem, type TestAgent, type TestServer } from '@givc/testing';

/**
 * The rpcs for which each entry of the configuration has its own listener (socket-proxy.spec.ts, event-proxy.spec.ts).
 */
const onOtherListeners: readonly string[] = [
  '/eventproxy.EventService/RegisterDevice',
  '/eventproxy.EventService/StreamEvents',
  '/socketproxy.SocketStream/TransferData',
];

const methodsOf = (service: ServiceName): { readonly path: string }[] =>
  Object.values(services[service] as Record<string, { readonly path: string }>);
const pathsOf = (service: ServiceName): string[] => methodsOf(service).map((method) => method.path);

describe('the contract', () => {
  let system: TestSystem;
  let agent: TestAgent;

  beforeAll(async () => {
    system = await TestSystem.start();
    const keys = ['exec', 'hwid', 'notifier', 'wifi', 'ctap', 'policy', 'journal'];
    const capabilities = Object.fromEntries(keys.map((key) => [key, { enable: true }]));
    agent = await system.startAgent('net-vm', { capabilities });
    await system.untilRegistered('net-vm');
  });
  afterAll(() => system.close());

  const unary = (server: TestServer, path: string) => {
    const method = (Object.keys(services) as ServiceName[])
      .flatMap(methodsOf)
      .find((candidate) => candidate.path === path)!;
    const empty = { ...method, requestSerialize: () => Buffer.alloc(0) };
    return system.channel(server).unary(empty as never, undefined);
  };

  it('has a handler for every rpc, here or on a listener of its own', () => {
    const handled = [...system.admin.handled, ...agent.handled];
    const unhandled = (Object.keys(services) as ServiceName[])
      .flatMap(pathsOf)
      .filter((path) => !handled.includes(path));
    expect(unhandled.sort()).toEqual([...onOtherListeners].sort());
  });

  it('has an audit row for every rpc', () => {
    expect(Object.keys(recordedRpcs).sort()).toEqual((Object.keys(services) as ServiceName[]).flatMap(pathsOf).sort());
  });

  it.each(onOtherListeners)('answers %s with UNIMPLEMENTED', async (path) => {
    const server = path.startsWith('/admin.') ? system.admin : agent;
    await expect(unary(server, path)).rejects.toMatchObject({ reason: 'UNIMPLEMENTED' });
  });

  it('answers Wakeup with UNIMPLEMENTED, as specified', async () => {
    await expect(system.client().wakeup()).rejects.toMatchObject({ reason: 'UNIMPLEMENTED' });
  });

  it('serves the health of the server as a whole and of each of its services', async () => {
    const { health } = await import('@givc/rpc');
    const check = (server: TestServer, service: string) =>
      system.channel(server).unary(health.HealthService.check, { service });
    expect(await check(system.admin, '')).toEqual({ status: 1 });
    expect(await check(system.admin, 'admin.AdminService')).toEqual({ status: 1 });
    expect(await check(agent, 'systemd.UnitControlService')).toEqual({ status: 1 });
    await expect(check(agent, 'admin.AdminService')).rejects.toMatchObject({ reason: 'NOT_FOUND' });
  });
});
