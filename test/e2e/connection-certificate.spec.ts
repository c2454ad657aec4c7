// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { X509Certificate } from 'node:crypto';
import { AdminClient } from '@givc/client';
import { TestSystem, tlsMaterial } from '@givc/testing';

describe('a connection', () => {
  it('ends when the certificate with which it was opened expires', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const system = await TestSystem.start();
    const tls = tlsMaterial(system.authority, { name: 'net-vm', days: 10 });
    const notAfter = Date.parse(new X509Certificate(tls.cert).validTo);
    const client = system.client({ tls });
    const changes = client.watchOnce();
    await changes.next();
    jest.setSystemTime(notAfter);
    await expect(client.queryList()).resolves.toBeDefined();
    const ended = expect(changes.next()).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    jest.setSystemTime(notAfter + 1);
    jest.advanceTimersByTime(3_000);
    await ended;
    jest.useRealTimers();
    await system.close();
  });

  it.each([
    ['IPv6', '::1', '::1', '::1'],
    ['IPv4', '127.0.0.1', '127.0.0.1', '127.0.0.1'],
    ['IPv4 on a socket of IPv6', '::', '127.0.0.1', '127.0.0.1'],
  ])('is bound to the address of the certificate over %s', async (_, listen, dial, address) => {
    const system = await TestSystem.start({ listen: [{ protocol: 'tcp', host: listen, port: 0 }] });
    const bound = system.admin.endpoint.address as { port: number };
    const endpoint = { ...system.admin.endpoint, address: { protocol: 'tcp', host: dial, port: bound.port } } as const;
    const call = async (addresses: string[]) => {
      const client = new AdminClient(endpoint, tlsMaterial(system.authority, { name: 'cli', addresses }));
      return client.queryList().finally(() => client.close());
    };
    await expect(call([address])).resolves.toEqual({ List: [] });
    await expect(call(['192.168.1.1', '2001:db8::1'])).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    await system.close();
  });
});
