// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { Address } from '@givc/model';
import type { TlsMaterial } from '../tls/material.js';
import { testAuthority } from '../tls/test-authority.fixture.js';
import { TlsIdentity, type RejectedPeer } from '../tls/tls-identity.js';
import type { ServerLimits } from './limits.js';
import { SocketTransport } from './socket-transport.js';

const authority = testAuthority();
const own = authority.issue('admin-vm');
const listen: readonly Address[] = [{ protocol: 'tcp', host: '127.0.0.1', port: 0 }];

describe('mutual TLS', () => {
  let identity: TlsIdentity;
  let transport: SocketTransport;
  let port: number;
  let rejected: RejectedPeer[];
  let wake: () => void;
  let sockets: Socket[];

  async function start(limits: Partial<ServerLimits> = {}): Promise<void> {
    transport = new SocketTransport({ listen, tls: identity, limits });
    const [address] = await transport.open(new Map());
    port = (address as { readonly port: number }).port;
  }

  beforeEach(() => {
    [rejected, wake, sockets] = [[], () => undefined, []];
    identity = new TlsIdentity(own);
    identity.onRejected((peer) => {
      rejected.push(peer);
      wake();
    });
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await transport.close();
  });

  /** Resolves once this number of peers was reported. */
  const reported = async (count: number) => {
    while (rejected.length < count) await new Promise<void>((resolve) => (wake = resolve));
    return rejected.map(({ address, certificate, reason }) => [address, certificate?.subject.CN, reason]);
  };
  /** Resolves once the server has this number of connections. */
  const connected = async (count: number) => {
    while ((await transport.connections()) !== count) await new Promise(setImmediate);
  };
  const dial = (material: Partial<TlsMaterial>, options: ConnectionOptions = {}): TLSSocket => {
    const server = { port, host: '127.0.0.1', servername: 'admin-vm', ALPNProtocols: ['h2'], ca: own.ca };
    const socket = connectTls({ ...server, ...material, ...options });
    sockets.push(socket.on('error', () => undefined));
    return socket;
  };
  /** In TLS 1.3 a client knows that it was accepted when the server has sent something. */
  const outcome = (socket: TLSSocket) =>
    new Promise<string>((resolve) => {
      socket.once('data', () => resolve('accepted')).once('close', () => resolve('closed'));
    });
  const dialFor = (name: string) => outcome(dial(authority.issue(name)));

  it('accepts a caller with a certificate of the authority', async () => {
    await start();
    expect([await dialFor('net-vm'), rejected]).toEqual(['accepted', []]);
  });

  it.each<[string, string, Partial<TlsMaterial>, ConnectionOptions]>([
    [
      'whose certificate is of another authority',
      'its certificate is rejected: UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      { ...testAuthority('Other').issue('net-vm'), ca: own.ca },
      {},
    ],
    ['without a certificate', 'TLS handshake: ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE', {}, {}],
    [
      'with TLS 1.2 only',
      'TLS handshake: ERR_SSL_UNSUPPORTED_PROTOCOL',
      authority.issue('net-vm'),
      { maxVersion: 'TLSv1.2' },
    ],
  ])('rejects a caller %s and reports the reason', async (_, why, material, options) => {
    await start();
    expect(await outcome(dial(material, options))).toBe('closed');
    expect(await reported(1)).toEqual([['127.0.0.1', undefined, why]]);
  });

  it('does not report a caller that hangs up during the handshake', async () => {
    await start();
    const half = connect(port, '127.0.0.1');
    await once(half, 'connect');
    await connected(1);
    half.destroy();
    await connected(0);
    dial({});
    expect(await reported(1)).toEqual([
      ['127.0.0.1', undefined, 'TLS handshake: ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE'],
    ]);
  });

  it('limits the connections of one certificate, and accepts one more once one of them is closed', async () => {
    await start({ connectionsOfPeer: 2 });
    const material = authority.issue('net-vm');
    const another = () => outcome(dial(material));
    expect([await another(), await another(), await another()]).toEqual(['accepted', 'accepted', 'closed']);
    expect(await reported(1)).toEqual([['127.0.0.1', 'net-vm', 'it has 2 connections already']]);
    expect(await dialFor('gui-vm')).toBe('accepted');
    await connected(3);
    sockets[0]!.destroy();
    await connected(2);
    expect([await another(), await another()]).toEqual(['accepted', 'closed']);
    expect(await reported(2)).toHaveLength(2);
  });

  it('counts the connections of all certificates with one name together', async () => {
    await start({ connectionsOfPeer: 2 });
    expect([await dialFor('net-vm'), await dialFor('net-vm'), await dialFor('net-vm')]).toEqual([
      ...['accepted', 'accepted', 'closed'],
    ]);
    expect(await dialFor('gui-vm')).toBe('accepted');
  });

  it('accepts a caller while there are more pending handshakes than its limit of connections', async () => {
    await start({ connections: 2, handshakes: 4 });
    const half = async (index: number) => {
      const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.1.${1 + (index % 3)}` });
      sockets.push(socket.on('error', () => undefined));
      await once(socket, 'connect');
      return socket.resume();
    };
    const halves = await Promise.all(Array.from({ length: 12 }, (_, index) => half(index)));
    await connected(4);
    expect(await dialFor('net-vm')).toBe('accepted');
    expect(await dialFor('gui-vm')).toBe('accepted');
    expect(halves.filter(({ closed }) => !closed).length).toBeLessThanOrEqual(4);
    expect(await dialFor('app-vm')).toBe('closed');
  });

  it('cuts the oldest connection without a call when a peer has too many of them', async () => {
    await start({ unusedOfPeer: 2 });
    const material = authority.issue('net-vm');
    const other = dial(authority.issue('gui-vm'));
    expect(await outcome(other)).toBe('accepted');
    const all = [dial(material), dial(material)];
    expect(await Promise.all(all.map(outcome))).toEqual(['accepted', 'accepted']);
    const isCut = Promise.race(all.map(async (socket) => void (await once(socket, 'close'))));
    expect(await outcome(dial(material))).toBe('accepted');
    await isCut;
    await connected(3);
    expect(other.closed).toBe(false);
  });

  it('counts a connection as one without a call until its first call', async () => {
    await start({ unusedOfPeer: 1 });
    const material = authority.issue('net-vm');
    const sessions = [];
    for (let n = 0; n < 2; n++) {
      const session = connectHttp2('https://admin-vm', { createConnection: () => dial(material) });
      sessions.push(session.on('error', () => undefined));
      const call = session.request({ ':method': 'POST', ':path': '/no.Service/Rpc' });
      await once(call.resume(), 'close');
    }
    expect(await outcome(dial(material))).toBe('accepted');
    await connected(3);
    expect(sessions.map(({ destroyed }) => destroyed)).toEqual([false, false]);
    for (const session of sessions) session.destroy();
  });

  it('counts a handshake only until its end', async () => {
    await start({ handshakesOfAddress: 1 });
    expect([await dialFor('net-vm'), await dialFor('gui-vm')]).toEqual(['accepted', 'accepted']);
    expect(await transport.connections()).toBe(2);
  });

  it('presents the present certificate of the identity on new connections', async () => {
    await start();
    const serialOf = async (socket: TLSSocket) => {
      await once(socket, 'secureConnect');
      return socket.getPeerX509Certificate()!.serialNumber;
    };
    const client = authority.issue('net-vm');
    const before = await serialOf(dial(client));
    identity.replace(authority.issue('admin-vm'));
    expect(await serialOf(dial(client))).not.toBe(before);
  });

  it('does not use the identity once the server is closed', async () => {
    const stop = jest.fn();
    jest.spyOn(identity, 'onNewCertificate').mockReturnValue(stop);
    await start();
    expect(stop).not.toHaveBeenCalled();
    await transport.close();
    await new Promise(setImmediate);
    expect(stop).toHaveBeenCalledTimes(1);
  });

  it('closes a connection whose handshake ends after the server was closed', async () => {
    await start();
    const raw = connect(port, '127.0.0.1');
    await once(raw, 'connect');
    await connected(1);
    await transport.close();
    expect(await outcome(dial(authority.issue('net-vm'), { socket: raw }))).toBe('closed');
    expect(rejected).toEqual([]);
  });
});
