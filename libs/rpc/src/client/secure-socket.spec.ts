// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { testAuthority } from '../tls/test-authority.fixture.js';
import { TlsIdentity, type RejectedPeer } from '../tls/tls-identity.js';
import { Handshakes, type Handshake } from './secure-socket.js';

const authority = testAuthority();
const ofAnother = testAuthority('Other').issue('admin-vm');
const wrongName = "the server's certificate is rejected: ERR_TLS_CERT_ALTNAME_INVALID";
const wrongAuthority = "the server's certificate is rejected: SELF_SIGNED_CERT_IN_CHAIN";

describe('the handshakes with a server', () => {
  let identity: TlsIdentity;
  let handshakes: Handshakes;
  let rejected: RejectedPeer[];
  let server: Server;
  let sockets: Socket[];

  beforeEach(() => {
    [rejected, sockets] = [[], []];
    identity = new TlsIdentity(authority.issue('net-vm'));
    identity.onRejected((peer) => rejected.push(peer));
    handshakes = new Handshakes(identity, 'admin-vm');
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
    const material = { ...authority.issue(name), requestCert: true, rejectUnauthorized: true };
    const made = createTlsServer({ ...material, ALPNProtocols: ['h2'] });
    await serve(made.on('tlsClientError', () => undefined));
    return made;
  };
  const attempt = async (): Promise<Handshake> => {
    const raw = connect((server.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(raw.on('error', () => undefined));
    await once(raw, 'connect');
    return new Promise((resolve) => handshakes.begin(raw, resolve));
  };
  const problem = async () => {
    const outcome = await attempt();
    return outcome.state === 'failed' ? outcome.error.problem : outcome.state;
  };
  const reported = () => rejected.map(({ address, certificate, reason }) => [address, certificate, reason]);

  it('present the certificate that the identity has at the time, and agree on HTTP/2', async () => {
    const tlsServer = await serveTls('admin-vm');
    for (const name of ['net-vm', 'gui-vm']) {
      const seen = once(tlsServer, 'secureConnection') as Promise<[TLSSocket]>;
      identity.replace(authority.issue(name));
      const outcome = await attempt();
      if (outcome.state === 'failed') throw new Error(outcome.error.message);
      const { socket } = outcome;
      expect([socket.getPeerCertificate().subject.CN, socket.alpnProtocol]).toEqual(['admin-vm', 'h2']);
      const [peer] = await seen;
      expect(peer.getPeerCertificate().subject.CN).toBe(name);
    }
    expect(rejected).toEqual([]);
  });

  it('report a rejected certificate once for consecutive attempts, and again for another reason', async () => {
    const tlsServer = await serveTls('other-vm');
    expect([await problem(), await problem()]).toEqual(['other-name', 'other-name']);
    expect(reported()).toEqual([['127.0.0.1', undefined, wrongName]]);
    tlsServer.setSecureContext(ofAnother);
    expect(await problem()).toBe('other-authority');
    expect(reported().slice(1)).toEqual([['127.0.0.1', undefined, wrongAuthority]]);
  });

  it('report a rejected certificate again after a connection was made', async () => {
    const tlsServer = await serveTls('other-vm');
    await problem();
    tlsServer.setSecureContext(authority.issue('admin-vm'));
    expect(await problem()).toBe('secure');
    tlsServer.setSecureContext(authority.issue('other-vm'));
    await problem();
    expect(reported().map(([, , why]) => why)).toEqual([wrongName, wrongName]);
  });

  it('do not report a server that hangs up', async () => {
    await serve(createServer((socket) => socket.destroy()));
    expect([await problem(), rejected]).toEqual(['closed', []]);
  });

  it('close the connection to a server that the identity rejects', async () => {
    await serveTls('admin-vm');
    identity.verifyPeersWith(() => 'it is retired');
    expect(await attempt()).toEqual({
      state: 'failed',
      error: { problem: 'rejected', detail: 'it is retired', message: 'the server is rejected: it is retired' },
    });
    expect(rejected.map(({ reason }) => reason)).toEqual(['it is retired']);
  });
});
