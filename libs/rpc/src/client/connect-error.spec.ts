// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { GivcError, parseVmName, type Address } from '@givc/model';
import { admin } from '../messages.js';
import { errorOfStatus } from '../status.js';
import { testAuthority } from '../tls/test-authority.fixture.js';
import { TlsIdentity } from '../tls/tls-identity.js';
import { connectionFailureOf, type ConnectionFailure } from '../connection-failure.js';
import { connectError, openError } from './connect-error.js';
import { GrpcDialer } from './dialer.js';
import { RpcChannel } from './rpc-channel.js';

const authority = testAuthority();
const identity = new TlsIdentity(authority.issue('net-vm'));

/** The failure of a call to the server `admin-vm` at this address. */
async function failureAt(address: Address, { tls = false } = {}): Promise<ConnectionFailure | undefined> {
  const endpoint = { name: parseVmName('name', 'admin-vm'), address };
  const channel = new RpcChannel(endpoint, new GrpcDialer(tls ? identity : undefined));
  const error = await channel.unary(admin.AdminServiceService.queryList, {}).catch((caught: unknown) => caught);
  channel.close();
  return connectionFailureOf(error as GivcError);
}

describe('a call that fails because of its connection', () => {
  let server: Server | undefined;
  const listen = async (made: Server): Promise<Address> => {
    server = made;
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return { protocol: 'tcp', host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  };
  const secure = (material: object) =>
    listen(createTlsServer({ ...material, ALPNProtocols: ['h2'] }).on('tlsClientError', () => undefined));
  afterEach(() => {
    server?.close();
    server = undefined;
  });
  const problem = (name: string, detail?: string) => ({
    state: 'not-connected',
    problem: name,
    ...(detail !== undefined && { detail }),
  });

  it('has the problem "refused" when nothing listens', async () => {
    const address = await listen(createServer());
    server!.close();
    expect(await failureAt(address)).toEqual(problem('refused'));
  });

  it('has the problem "no-socket" when the socket file is missing', async () => {
    expect(await failureAt({ protocol: 'unix', path: '/nonexistent/socket' })).toEqual(problem('no-socket'));
  });

  it('has the problem "refused" when nothing listens at an abstract socket', async () => {
    expect(await failureAt({ protocol: 'abstract', path: 'givc-nothing-there' })).toEqual(problem('refused'));
  });

  it('has the problem "no-tls" when the server speaks plain text', async () => {
    const address = await listen(createServer((socket) => socket.end('plain text, and enough of it')));
    expect(await failureAt(address, { tls: true })).toEqual(problem('no-tls'));
  });

  it.each([true, false])(
    'has the problem "closed" when the server closes it without an answer, with TLS: %p',
    async (tls) => {
      const address = await listen(createServer((socket) => socket.destroy()));
      expect(await failureAt(address, { tls })).toEqual(problem('closed'));
    },
  );

  it('has the problem "closed" when the server does not speak HTTP/2', async () => {
    const address = await listen(createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect(await failureAt(address)).toEqual(problem('closed'));
  });

  it('has the problem "closed" when the server rejects the certificate of the client after the handshake', async () => {
    const other = testAuthority('Other').issue('admin-vm');
    const material = { ...authority.issue('admin-vm'), ca: other.ca };
    expect(await failureAt(await secure({ ...material, requestCert: true }), { tls: true })).toEqual(problem('closed'));
  });

  it('has the problem "other-name" when the certificate has another name', async () => {
    expect(await failureAt(await secure(authority.issue('gui-vm')), { tls: true })).toMatchObject({
      problem: 'other-name',
      detail: expect.stringContaining('DNS:gui-vm') as string,
    });
  });

  it('has the problem "other-authority" when the certificate is of another authority', async () => {
    const address = await secure(testAuthority('Other').issue('admin-vm'));
    expect(await failureAt(address, { tls: true })).toEqual(problem('other-authority'));
  });

  it('has the problem "no-tls-version" when the version of TLS is too old', async () => {
    const address = await secure({ ...authority.issue('admin-vm'), maxVersion: 'TLSv1.2' });
    expect(await failureAt(address, { tls: true })).toEqual(problem('no-tls-version'));
  });

  it.each([
    ['CERT_HAS_EXPIRED', 'not-valid-now', 'has expired'],
    ['CERT_NOT_YET_VALID', 'not-valid-now', 'is not yet valid'],
    ['ENOTFOUND', 'unresolved', undefined],
    ['EHOSTUNREACH', 'unreachable', undefined],
    ['EACCES', 'not-permitted', undefined],
  ])('has the problem of the code %s', (code, name, detail) => {
    const error = connectError(Object.assign(new Error('text'), { code }));
    expect(error).toEqual({ problem: name, message: 'text', ...(detail && { detail }) });
  });

  it.each([
    ['ECONNRESET', { problem: 'refused' }],
    ['ENODEV', { problem: 'no-machine', detail: '9' }],
    ['EAFNOSUPPORT', { problem: 'no-vsock' }],
    ['ETIMEDOUT', { problem: 'unreachable' }],
  ])('has the problem of the code %s of vsock', (code, expected) => {
    const cause = Object.assign(new Error(), { code });
    const error = openError(new GivcError('UNAVAILABLE', 'text', { cause }), { protocol: 'vsock', cid: 9, port: 5 });
    expect(error).toEqual({ message: 'text', ...expected });
  });

  it('has a field that answers of a server do not have', () => {
    expect(connectionFailureOf(errorOfStatus({ code: 14, details: 'connect ECONNREFUSED' }))).toBeUndefined();
    expect(connectionFailureOf(new GivcError('NOT_FOUND', 'VM "x" is unknown'))).toBeUndefined();
    const failure = { state: 'broken' } as const;
    expect(connectionFailureOf(errorOfStatus({ code: 14, details: 'it broke', failure }))).toBe(failure);
  });
});
