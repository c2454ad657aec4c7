// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import type { TlsMaterial } from './material.js';
import { testAuthority } from './test-authority.fixture.js';
import { TlsIdentity } from './tls-identity.js';

const [old, next] = [testAuthority('Old'), testAuthority('Next')];
const [adminOfOld, adminOfNext] = [old.issue('admin-vm'), next.issue('admin-vm')];
const both = Buffer.concat([adminOfNext.ca, adminOfOld.ca]);
const trusting = (material: TlsMaterial, ca: Buffer): TlsMaterial => ({ ...material, ca });
const distrusted = 'the authority of its certificate is not trusted any more';

describe('an identity whose authority is replaced', () => {
  let identity: TlsIdentity;
  let server: Server;
  let accepted: TLSSocket[];
  let connections: TLSSocket[];
  let reasons: string[];

  beforeEach(async () => {
    // The network is real; the timers are the test's.
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'Date', 'performance'] });
    [accepted, connections, reasons] = [[], [], []];
    identity = new TlsIdentity(trusting(adminOfOld, both));
    identity.onRejected(({ reason }) => reasons.push(reason));
    server = createServer({ ...identity.serverOptions, requestCert: true, rejectUnauthorized: true });
    server.on('tlsClientError', () => undefined);
    identity.onNewCertificate(() => server.setSecureContext(identity.serverOptions));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    for (const socket of [...accepted, ...connections]) socket.destroy();
    server.close();
    jest.useRealTimers();
  });

  /** A peer that trusts both; resolves with the end of the server. */
  const peer = async (material: TlsMaterial): Promise<TLSSocket> => {
    const { port } = server.address() as AddressInfo;
    const both_ = { ...trusting(material, both), host: '127.0.0.1', port, servername: 'admin-vm' };
    const socket = connect({ ...both_, minVersion: 'TLSv1.3' }).on('error', () => undefined);
    connections.push(socket);
    const [end] = (await Promise.race([
      once(server, 'secureConnection'),
      once(server, 'tlsClientError').then(([error]) => Promise.reject(error as Error)),
    ])) as [TLSSocket];
    accepted.push(end.on('error', () => undefined));
    return end;
  };
  const admit = async (material: TlsMaterial): Promise<TLSSocket> => {
    const end = await peer(material);
    expect(identity.accept(end)).toBeUndefined();
    return end;
  };

  it('accepts peers of both authorities while it trusts both', async () => {
    await admit(old.issue('net-vm'));
    await admit(next.issue('net-vm'));
    identity.replace(trusting(adminOfNext, both));
    await admit(old.issue('gui-vm'));
    await admit(next.issue('gui-vm'));
    jest.advanceTimersByTime(3_000);
    expect([reasons, accepted.map(({ destroyed }) => destroyed)]).toEqual([[], [false, false, false, false]]);
  });

  it('cuts off only the peers of an authority that it no longer trusts, after three seconds', async () => {
    const [before, after] = [await admit(old.issue('net-vm')), await admit(next.issue('gui-vm'))];
    identity.replace(adminOfNext);
    jest.advanceTimersByTime(2_999);
    expect(before.destroyed).toBe(false);
    jest.advanceTimersByTime(1);
    expect([before.destroyed, after.destroyed, reasons]).toEqual([true, false, [distrusted]]);
  });

  it('rejects new peers of an authority that it no longer trusts at once', async () => {
    identity.replace(adminOfNext);
    await expect(peer(old.issue('net-vm'))).rejects.toThrow();
    await admit(next.issue('net-vm'));
  });

  it('rejects a peer whose handshake began before the authority was removed and ends after the others were cut', async () => {
    const late = await peer(old.issue('net-vm'));
    const timely = await peer(next.issue('gui-vm'));
    identity.replace(adminOfNext);
    jest.advanceTimersByTime(3_000);
    expect([identity.accept(late), late.destroyed]).toEqual([distrusted, true]);
    expect(identity.accept(timely)).toBeUndefined();
  });

  it('keeps the peers of an authority that is trusted again within three seconds', async () => {
    const one = await admit(old.issue('net-vm'));
    identity.replace(adminOfNext);
    jest.advanceTimersByTime(2_000);
    identity.replace(trusting(adminOfNext, both));
    jest.advanceTimersByTime(10_000);
    expect([one.destroyed, reasons]).toEqual([false, []]);
  });

  it('does not verify peers again when only its own certificate is replaced', async () => {
    await admit(old.issue('net-vm'));
    identity.replace(trusting(adminOfNext, both));
    expect(jest.getTimerCount()).toBe(1);
  });
});
