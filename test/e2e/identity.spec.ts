import { connect } from 'node:net';
import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import type { VmName } from '@givc/model';
import { clientCredentials, RpcChannel, services } from '@givc/rpc';
import { closed } from '../support/closed.js';
import { identityOf, testAuthority, tlsMaterial } from '../support/test-certificates.js';
import { TestSystem } from '../support/test-system.js';

describe('identity', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await TestSystem.start();
  });
  afterAll(() => system.stop());

  const list = (tls: ReturnType<typeof tlsMaterial> | undefined) => system.client({ tls }).queryList();
  const port = () => (system.admin.endpoint.address as { port: number }).port;

  it('is proved by a certificate of the authority for the address of the caller', async () => {
    await expect(list(system.material('cli'))).resolves.toEqual({ List: [] });
  });

  it('is not proved by the certificate of another address', async () => {
    const tls = tlsMaterial(system.authority, { name: 'net-vm', addresses: ['192.168.101.6'] });
    await expect(list(tls)).rejects.toMatchObject({
      reason: 'PERMISSION_DENIED',
      message: expect.stringContaining('127.0.0.1'),
    });
  });

  it('is asked of reflection and health as of everything else', async () => {
    const tls = tlsMaterial(system.authority, { name: 'net-vm', addresses: ['192.168.101.6'] });
    const channel = system.channel(system.admin, { tls });
    await expect(channel.unary(services['grpc.health.v1.Health'].check, { service: '' })).rejects.toMatchObject({
      reason: 'PERMISSION_DENIED',
    });
    const reflection = services['grpc.reflection.v1.ServerReflection'].serverReflectionInfo;
    await expect(
      channel.serverStream(reflection, { host: '', message_request: { $case: 'list_services', value: '' } }).next(),
    ).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
  });

  it.each([
    ['of a foreign authority', () => tlsMaterial(testAuthority(), { name: 'cli' })],
    [
      'that has expired',
      () => tlsMaterial(system.authority, { name: 'cli', notBefore: new Date(2001, 0, 1), days: 1 }),
    ],
    ['that is not valid yet', () => tlsMaterial(system.authority, { name: 'cli', notBefore: new Date(2101, 0, 1) })],
  ])('is not proved by a certificate %s', async (_, material) => {
    await expect(list({ ...material(), ca: Buffer.from(system.authority.certificate) })).rejects.toMatchObject({
      reason: 'UNAVAILABLE',
    });
  });

  it('is not proved without a certificate, nor in plain text', async () => {
    await expect(list(undefined)).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    const socket = connectTls({ port: port(), host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] });
    await closed(socket);
    const plain = connect(port(), '127.0.0.1');
    plain.end('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    await closed(plain);
  });

  it('needs TLS 1.3', async () => {
    const { cert, key, ca } = system.material('cli')!;
    const socket = connectTls({
      port: port(),
      host: '127.0.0.1',
      cert,
      key,
      ca,
      maxVersion: 'TLSv1.2',
      servername: 'admin-vm',
    });
    const [error] = (await once(socket, 'error').catch((e: unknown) => [e])) as [Error];
    expect(error.message).toMatch(/protocol version/);
  });

  it('of the server is its name, not its address', async () => {
    const elsewhere = new RpcChannel(
      { ...system.admin.endpoint, name: 'other-vm' as VmName },
      clientCredentials(identityOf(system.material('cli'))),
    );
    const { queryList } = services['admin.AdminService'];
    await expect(elsewhere.unary(queryList, {}, { deadlineMs: 5_000 })).rejects.toMatchObject({
      reason: 'UNAVAILABLE',
      message: expect.stringContaining('other-vm'),
    });
    elsewhere.close();
  });

  it('is nobody’s when TLS is off, in all programs', async () => {
    const open = await TestSystem.start({ tls: false });
    await open.startAgent('net-vm');
    await open.untilRegistered('net-vm');
    expect((await open.client().queryList()).List).toHaveLength(1);
    await open.stop();
  });
});
