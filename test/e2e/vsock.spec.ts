// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdminClient } from '@givc/client';
import { parseVmName, type Address } from '@givc/model';
import { GrpcDialer, TlsIdentity } from '@givc/rpc';
import {
  createAdmin,
  createAgent,
  testAuthority,
  tlsMaterial,
  type AgentOptions,
  type TestAdmin,
  type TestAgent,
} from '@givc/testing';
import { anyCid, FakeVsockNetwork, Vsock, type ConnectOptions, type VsockAddress } from '@givc/vsock';

const adminPort = 9_001;
const cids = { 'net-vm': 3, 'gui-vm': 4, 'lying-vm': 5 } as const;
type Name = keyof typeof cids;
const at = (cid: number, port = 9_000): Address => ({ protocol: 'vsock', cid, port });

/** Pretends to listen at the address that it is given, whatever CID it has. */
class Lying extends Vsock {
  constructor(private readonly own: Vsock) {
    super();
  }
  listen(server: Server, { port }: VsockAddress) {
    return this.own.listen(server, { cid: anyCid, port });
  }
  connect(address: VsockAddress, options?: ConnectOptions) {
    return this.own.connect(address, options);
  }
}

/** The admin has the CID 2, and each agent one of its own. */
describe('machines without a network', () => {
  const authority = testAuthority();
  let network: FakeVsockNetwork;
  let admin: TestAdmin;
  let closing: (() => unknown)[];

  /** Certificates that name no address from which a machine could call over TCP. */
  const material = (name: string) => tlsMaterial(authority, { name, addresses: [] });

  beforeEach(async () => {
    network = new FakeVsockNetwork();
    const listen: Address[] = [{ protocol: 'tcp', host: '127.0.0.1', port: 0 }, at(anyCid, adminPort)];
    admin = await createAdmin({ tls: material('admin-vm'), listen, vsock: network.machine(2) });
    closing = [() => admin.close()];
  });
  afterEach(async () => {
    for (const close of closing.reverse()) await close();
  });

  async function startAgent(name: Name, options: AgentOptions = {}): Promise<TestAgent> {
    const agent = await createAgent({
      ...{ name, admin: `vsock:2:${adminPort}`, tls: material(name) },
      ...{ listen: at(cids[name]), vsock: network.machine(cids[name]), ...options },
    });
    closing.push(() => agent.close());
    return agent;
  }
  const client = (cid: number, name: string): AdminClient => {
    const dialer = new GrpcDialer(new TlsIdentity(material(name)), network.machine(cid));
    const made = new AdminClient({ name: parseVmName('name', 'admin-vm'), address: at(2, adminPort) }, dialer);
    closing.push(() => made.close());
    return made;
  };

  it('register over vsock, and are called over it', async () => {
    await startAgent('net-vm');
    await startAgent('gui-vm');
    await Promise.all([admin.untilRegistered('net-vm'), admin.untilRegistered('gui-vm')]);
    const stats = await client(7, 'cli').getStats({ VmName: 'gui-vm' });
    expect(Number(stats.Memory?.Total)).toBeGreaterThan(0);
  });

  it('are recorded with the CID that they call from', async () => {
    await expect(client(7, 'cli').pauseApplication({ AppName: 'nothing', Args: [] })).rejects.toThrow();
    expect(admin.record.lines).toContainEqual(expect.objectContaining({ peer: 'cli', address: 'vsock:7' }));
  });

  it('cannot register with the CID of another', async () => {
    const agent = await startAgent('lying-vm', { listen: at(cids['net-vm']), vsock: new Lying(network.machine(5)) });
    while (!agent.lines.some((line) => line.includes('not from the CID 3'))) await new Promise(setImmediate);
    expect(agent.lines.join('\n')).toContain('Transport.Address: this call is from vsock:5, not from the CID 3');
  });

  it('carry a socket between two agents', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'givc-'));
    const service = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(
      join(folder, 'service'),
    );
    closing.push(() => (service.close(), rmSync(folder, { recursive: true })));
    const peer = (name: Name) => ({ name, addr: String(cids[name]), port: '9400', protocol: 'vsock' });
    const proxy = (entry: object) => ({ capabilities: { socketProxy: { enable: true, sockets: [entry] } } });
    await startAgent('net-vm', proxy({ transport: peer('gui-vm'), server: true, socket: join(folder, 'service') }));
    const gui = await startAgent('gui-vm', proxy({ transport: peer('net-vm'), socket: join(folder, 'proxy') }));
    while (!gui.lines.some((line) => line.includes('socket proxy listens'))) await new Promise(setImmediate);
    const sent = Buffer.alloc(1024 * 1024, 'x');
    const socket = connect({ path: join(folder, 'proxy'), allowHalfOpen: true });
    socket.end(sent);
    let received = 0;
    socket.on('data', (chunk: Buffer) => (received += chunk.length));
    await once(socket, 'end');
    expect(received).toBe(sent.length);
    socket.destroy();
  });
});
