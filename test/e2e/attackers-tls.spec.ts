// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { type TlsMaterial } from '@givc/rpc';
import { testAuthority, TestSystem, tlsMaterial } from '@givc/testing';
import { closed } from '../support/closed.js';
import { amidHalfOpen } from '../support/half-open.js';

const rules = '@id("people look") permit(principal == Source::"cli", action == Command::"QueryList", resource);';

describe('attacks on TLS', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await TestSystem.start({ rules });
  });
  afterAll(() => system.close());

  const port = () => (system.admin.endpoint.address as { port: number }).port;
  const as = (name: string, more: Partial<Parameters<typeof tlsMaterial>[1]> = {}) => ({
    tls: tlsMaterial(system.authority, { name, ...more }),
  });
  /** Uses a client that does not reconnect. */
  const list = async (who: { tls: TlsMaterial | undefined }) => {
    const client = system.client(who);
    return client.queryList().finally(() => client.close());
  };

  describe('a TLS handshake', () => {
    beforeEach(() => system.admin.record.skip());

    it.each<[who: string, material: () => TlsMaterial, why: RegExp]>([
      [
        'has the certificate of a foreign authority',
        () => tlsMaterial(testAuthority(), { name: 'cli' }),
        /ISSUER|VERIFY/,
      ],
      [
        'has a certificate that has expired',
        () => as('cli', { notBefore: new Date(2001, 0, 1), days: 1 }).tls,
        /EXPIRED/,
      ],
      ['has a certificate that is not valid yet', () => as('cli', { notBefore: new Date(2101, 0, 1) }).tls, /NOT_YET/],
      ['has a certificate for servers only', () => as('cli', { usages: ['serverAuth'] }).tls, /PURPOSE/],
    ])('is rejected when the caller %s', async (_, material, why) => {
      await expect(
        list({ tls: { ...material(), ca: Buffer.from(system.authority.certificate) } }),
      ).rejects.toMatchObject({
        reason: 'UNAVAILABLE',
      });
      expect(await system.admin.record.next('TLS')).toMatchObject({
        address: '127.0.0.1',
        reason: expect.stringMatching(why),
      });
    });

    const refusedTls = async (options: ConnectionOptions): Promise<void> => {
      const socket = connectTls({ port: port(), host: '127.0.0.1', servername: 'admin-vm', ...options });
      await closed(socket);
      expect(await system.admin.record.next('TLS')).toMatchObject({ address: '127.0.0.1' });
    };

    it('is rejected when the caller has no certificate', () =>
      refusedTls({ rejectUnauthorized: false, ALPNProtocols: ['h2'] }));

    it('is rejected when the caller speaks TLS 1.2', () =>
      refusedTls({ ...system.material('cli'), maxVersion: 'TLSv1.2' }));

    it('is rejected when the caller speaks plain text', async () => {
      await expect(list({ tls: undefined })).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
      const plain = connectTcp(port(), '127.0.0.1');
      plain.end('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
      await closed(plain);
      // One line for each of the two connections.
      for (let attempt = 0; attempt < 2; attempt++) await system.admin.record.next('TLS');
    });

    it('does not resume an earlier session, which would skip the verification', async () => {
      const options = { port: port(), host: '127.0.0.1', servername: 'admin-vm', ...system.material('cli') };
      const sessions: Buffer[] = [];
      const first = connectTls({ ...options, ALPNProtocols: ['h2'] });
      first.on('session', (session: Buffer) => sessions.push(session));
      await once(first, 'data');
      first.destroy();
      const session = sessions.at(-1);
      const again = connectTls({ ...options, ALPNProtocols: ['h2'], ...(session && { session }) });
      await once(again, 'secureConnect');
      expect(again.isSessionReused()).toBe(false);
      again.destroy();
    });
  });

  it('accepts no more connections with one certificate than the limit', async () => {
    const limited = await TestSystem.start({ authority: system.authority, limits: { connectionsOfPeer: 8 } });
    const { tls } = as('greedy-vm');
    const { port } = limited.admin.endpoint.address as { port: number };
    const options = { port, host: '127.0.0.1', servername: 'admin-vm', ALPNProtocols: ['h2'], ...tls };
    const sockets = Array.from({ length: 9 }, () => connectTls(options).on('error', () => undefined));
    const isCut = sockets.map(
      (socket) =>
        new Promise<boolean>((resolve) => {
          // A server that accepts the connection sends its SETTINGS first.
          socket.once('data', () => resolve(false)).once('close', () => resolve(true));
        }),
    );
    expect((await Promise.all(isCut)).filter(Boolean)).toHaveLength(1);
    expect(await limited.admin.record.next('TLS')).toMatchObject({ peer: 'greedy-vm' });
    await expect(limited.client('cli').queryList()).resolves.toHaveProperty('List');
    for (const socket of sockets) socket.destroy();
    await limited.close();
  });

  it('fills at most 64 places of half-open handshakes, which do not affect other callers', async () => {
    const lenient = await TestSystem.start({ limits: { handshakeMs: 600_000 } });
    const client = lenient.client();
    await client.queryList();
    await amidHalfOpen(
      (lenient.admin.endpoint.address as { port: number }).port,
      '127.0.0.1',
      async (halves) => {
        const ended = () => halves.filter(({ closed }) => closed).length;
        let wake = (): void => undefined;
        for (const half of halves) half.once('close', () => wake());
        while (ended() < halves.length - 64) await new Promise<void>((resolve) => (wake = resolve));
        await expect(client.queryList()).resolves.toHaveProperty('List');
        await expect(lenient.client().queryList()).resolves.toHaveProperty('List');
        expect(ended()).toBeLessThan(halves.length);
      },
      200,
    );
    await lenient.close();
  });
});
