// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { LiveCredentials, takenOption } from './live-credentials.js';
import { testAuthority } from '../tls/test-authority.fixture.js';
import { TlsIdentity, type RejectedPeer } from '../tls/tls-identity.js';

const authority = testAuthority();
const serverOf = (name: string) => authority.issue(name);
const ofAnother = testAuthority('Other').issue('admin-vm');
const wrongName = "the server's certificate is refused: ERR_TLS_CERT_ALTNAME_INVALID";
const wrongAuthority = "the server's certificate is refused: SELF_SIGNED_CERT_IN_CHAIN";

describe('the credentials of a channel', () => {
  let identity: TlsIdentity;
  let credentials: LiveCredentials;
  let rejected: RejectedPeer[];
  let server: Server;
  let sockets: Socket[];
  /** The events of each attempt. */
  let events: string[];

  beforeEach(() => {
    [rejected, sockets, events] = [[], [], []];
    identity = new TlsIdentity(authority.issue('net-vm'));
    identity.onRejected((peer) => rejected.push(peer));
    credentials = new LiveCredentials(identity);
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  async function serve(made: Server): Promise<void> {
    server = made.on('connection', (socket: Socket) => sockets.push(socket.on('error', () => undefined)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  const serveTls = async (name: string) => {
    const made = createTlsServer({ ...serverOf(name), requestCert: true, rejectUnauthorized: true });
    await serve(made.on('tlsClientError', () => undefined));
    return made;
  };
  const connector = () => {
    const begin = () => {
      events.push('accepted');
      return () => events.push('failed');
    };
    const options = { 'grpc.ssl_target_name_override': 'admin-vm', [takenOption]: begin };
    return credentials._createSecureConnector({ scheme: 'dns', path: 'localhost' }, options);
  };
  const reach = async (): Promise<Socket> => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(socket.on('error', () => undefined));
    await once(socket, 'connect');
    return socket;
  };
  const attempt = async (one: ReturnType<typeof connector>): Promise<TLSSocket> => {
    const { socket } = await one.connect(await reach());
    return socket.on('error', () => undefined) as TLSSocket;
  };
  const fails = async (one: ReturnType<typeof connector>) =>
    expect(attempt(one)).rejects.toMatchObject({ code: expect.any(String) });
  const reported = () => rejected.map(({ address, certificate, reason }) => [address, certificate, reason]);

  it('are secure, and differ for each channel', async () => {
    await serveTls('admin-vm');
    expect(credentials._isSecure()).toBe(true);
    expect([credentials, new LiveCredentials(identity)].map((other) => credentials._equals(other))).toEqual([
      true,
      false,
    ]);
  });

  it('make a connection with the present certificate of the identity', async () => {
    const tlsServer = await serveTls('admin-vm');
    const names: string[] = [];
    tlsServer.on('secureConnection', (socket) => names.push(String(socket.getPeerCertificate().subject.CN)));
    const one = connector();
    for (const name of ['net-vm', 'gui-vm']) {
      const seen = once(tlsServer, 'secureConnection');
      identity.replace(authority.issue(name));
      const socket = await attempt(one);
      expect(socket.getPeerCertificate().subject.CN).toBe('admin-vm');
      await seen;
    }
    expect([names, events, rejected]).toEqual([['net-vm', 'gui-vm'], ['accepted', 'accepted'], []]);
  });

  it('report a refused certificate once for consecutive attempts, and again for another reason', async () => {
    const tlsServer = await serveTls('other-vm');
    const one = connector();
    await fails(one);
    await fails(one);
    expect(reported()).toEqual([['127.0.0.1', undefined, wrongName]]);
    expect(events).toEqual(['accepted', 'failed', 'accepted', 'failed']);
    tlsServer.setSecureContext(ofAnother);
    await fails(one);
    expect(reported().slice(1)).toEqual([['127.0.0.1', undefined, wrongAuthority]]);
  });

  it('report a refused certificate again after a connection was made', async () => {
    const tlsServer = await serveTls('other-vm');
    const one = connector();
    await fails(one);
    tlsServer.setSecureContext(serverOf('admin-vm'));
    await attempt(one);
    tlsServer.setSecureContext(serverOf('other-vm'));
    await fails(one);
    expect(reported().map(([, , why]) => why)).toEqual([wrongName, wrongName]);
  });

  it('do not report a server that hangs up', async () => {
    await serve(createServer((socket) => socket.destroy()));
    await fails(connector());
    expect([rejected, events]).toEqual([[], ['accepted', 'failed']]);
  });

  it('close the connection to a server that the identity rejects', async () => {
    await serveTls('admin-vm');
    identity.verifyPeersWith(() => 'it is retired');
    await expect(attempt(connector())).rejects.toMatchObject({
      reason: 'UNAVAILABLE',
      message: 'the server is rejected: it is retired',
    });
    expect(rejected.map(({ reason }) => reason)).toEqual(['it is retired']);
  });

  describe('whose channel was closed', () => {
    const begin = (one: ReturnType<typeof connector>, socket: Socket) =>
      void one.connect(socket).catch(() => undefined);

    it('end a pending handshake', async () => {
      await serve(createServer());
      const one = connector();
      const socket = await reach();
      begin(one, socket);
      expect(socket.destroyed).toBe(false);
      one.destroy();
      expect(socket.destroyed).toBe(true);
    });

    it('do not change a connection after its handshake', async () => {
      await serveTls('admin-vm');
      const one = connector();
      const socket = await reach();
      await one.connect(socket);
      one.destroy();
      expect(socket.destroyed).toBe(false);
    });

    it('begin no handshake on a connection that is established later', async () => {
      await serve(createServer());
      const one = connector();
      const socket = await reach();
      one.destroy();
      begin(one, socket);
      expect([socket.destroyed, events]).toEqual([true, []]);
    });
  });
});
