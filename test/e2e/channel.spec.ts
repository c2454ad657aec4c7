import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { parseEndpoint } from '@givc/model';
import { GrpcDialer, RpcChannel } from '@givc/rpc';
import { identityOf, testAuthority, tlsMaterial } from '../support/test-certificates.js';

describe('a channel that is kept connected', () => {
  it('gives up an attempt that hangs after others have failed, and connects as soon as somebody answers', async () => {
    const silent = createServer();
    const taken = once(silent, 'connection') as Promise<[Socket]>;
    const { port } = await new Promise<AddressInfo>((resolve) => {
      const free = createServer().listen(0, '127.0.0.1', () => {
        const address = free.address() as AddressInfo;
        free.close(() => resolve(address));
      });
    });
    const authority = testAuthority();
    const endpoint = parseEndpoint('admin', {
      Protocol: 'tcp',
      Address: '127.0.0.1',
      Port: String(port),
      Name: 'admin-vm',
    });
    const attemptMs = { taken: 200, handshake: 400 };
    const kept = new RpcChannel(endpoint, new GrpcDialer(identityOf(tlsMaterial(authority, { name: 'cli' }))), {
      attemptMs,
    });
    const becomes = (wanted: string) =>
      new Promise<void>((resolve) => kept.onState((state) => (state === wanted ? resolve() : undefined)));
    const refused = becomes('TRANSIENT_FAILURE');
    kept.keepConnected();
    await refused;
    silent.listen(port, '127.0.0.1');
    const [held] = await taken;
    silent.close();
    const { ca, cert, key } = tlsMaterial(authority, { name: 'admin-vm' });
    const ready = becomes('READY');
    const back = new Server();
    const credentials = ServerCredentials.createSsl(ca, [{ cert_chain: cert, private_key: key }], true);
    await new Promise<void>((resolve, reject) =>
      back.bindAsync(`127.0.0.1:${port}`, credentials, (error) => (error ? reject(error) : resolve())),
    );
    const since = performance.now();
    await ready;
    expect(performance.now() - since).toBeLessThan(10_000);
    held.destroy();
    kept.close();
    back.forceShutdown();
  }, 30_000);
});
