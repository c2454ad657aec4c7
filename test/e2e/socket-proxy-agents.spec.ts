// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { services } from '@givc/rpc';
import { TestSystem, type TestAgent, type TestServer } from '@givc/testing';
import { readAll } from '../support/socket-pair.js';

const { transferData } = services['socketproxy.SocketStream'];

/** The id of a group (group(5)). */
const groupId = (name: string): number =>
  Number(new RegExp(`^${name}:[^:]*:(\\d+):`, 'm').exec(readFileSync('/etc/group', 'utf8'))![1]);

describe('the socket proxies of an agent', () => {
  let folder: string;
  /** The address at which the server of the proxy listens. */
  let port: number;
  let system: TestSystem;
  let service: Server;
  let connections: Socket[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-'));
    port = 1;
    system = await TestSystem.start();
    connections = [];
    service = createServer({ allowHalfOpen: true }, (socket) => {
      connections.push(socket);
      socket.pipe(socket);
    }).listen(servicePath());
    await once(service, 'listening');
  });
  afterEach(async () => {
    await system.close();
    service.close();
    for (const socket of connections) socket.destroy();
    rmSync(folder, { recursive: true });
  });

  const servicePath = () => join(folder, 'service');
  const socketPath = () => join(folder, 'proxy');
  const transport = (name: string, at: number) => ({ name, addr: '127.0.0.1', port: String(at), protocol: 'tcp' });
  /** Resolves once the agent has logged this; its proxies open independently. */
  const logged = async (agent: TestAgent, text: string): Promise<string> => {
    for (;;) {
      const line = agent.lines.find((one) => one.includes(text));
      if (line !== undefined) return line;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  /** Resolves once the proxy accepts connections. */
  const startServer = async (more: object = {}): Promise<TestAgent> => {
    const sockets = [{ transport: transport('gui-vm', 0), server: true, socket: servicePath(), ...more }];
    const agent = await system.startAgent('net-vm', { capabilities: { socketProxy: { enable: true, sockets } } });
    port = Number(/ address=127\.0\.0\.1:(\d+) /.exec(await logged(agent, 'socket proxy serves'))![1]);
    return agent;
  };
  const startClient = (...sockets: readonly object[]) =>
    system.startAgent('gui-vm', {
      capabilities: {
        socketProxy: {
          enable: true,
          sockets: sockets.map((one) => ({ transport: transport('net-vm', port), ...one })),
        },
      },
    });
  const echo = async (text: string): Promise<string> => {
    const socket = connect({ path: socketPath(), allowHalfOpen: true });
    socket.end(text);
    return (await readAll(socket)).toString();
  };
  /** Calls the server of the proxy as a machine; resolves with the first chunk, or the status of the rejection. */
  const transfer = async (as: string): Promise<string> => {
    const endpoint = { name: 'net-vm', address: { protocol: 'tcp', host: '127.0.0.1', port } };
    const call = system.channel({ endpoint } as unknown as TestServer, as).duplex(transferData);
    const answer = new Promise<string>((resolve) => {
      call.on('data', ({ Chunk }: { Chunk: Buffer }) => resolve(Chunk.toString()));
      call.on('error', ({ message }: Error) => resolve(message));
    });
    call.write({ Chunk: Buffer.from('hello'), Eof: false });
    return answer.finally(() => call.cancel());
  };

  it('join the socket of one machine with the service of another', async () => {
    const server = await startServer();
    expect(server.lines).toContain(
      `info: socket proxy serves socket=${servicePath()} address=127.0.0.1:${port} peer=gui-vm`,
    );
    const client = await startClient({ socket: socketPath() });
    expect(await logged(client, 'socket proxy listens')).toBe(
      `info: socket proxy listens socket=${socketPath()} peer=net-vm address=127.0.0.1:${port}`,
    );
    expect(await echo('hello')).toBe('hello');
  });

  it('serve the machine that the transport names, and no other', async () => {
    await startServer();
    expect(await transfer('gui-vm')).toBe('hello');
    for (const other of ['chrome-vm', 'net-vm', 'admin-vm'])
      expect(await transfer(other)).toBe(`7 PERMISSION_DENIED: ${other} may not use ${servicePath()}: only gui-vm may`);
    expect(connections).toHaveLength(1);
  });

  it('serve the permitted source instead of the machine that the transport names', async () => {
    await startServer({ permittedSource: 'chrome-vm' });
    expect(await transfer('chrome-vm')).toBe('hello');
    expect(await transfer('gui-vm')).toBe(
      `7 PERMISSION_DENIED: gui-vm may not use ${servicePath()}: only chrome-vm may`,
    );
  });

  it('limit the connections of a service to the number of its entry', async () => {
    await startServer({ maxConnections: 1 });
    await logged(await startClient({ socket: socketPath() }), 'socket proxy listens');
    const socket = connect({ path: socketPath(), allowHalfOpen: true });
    socket.write('x');
    await once(socket, 'data');
    expect(await transfer('gui-vm')).toBe(`8 RESOURCE_EXHAUSTED: ${servicePath()} has 1 connections already`);
    socket.destroy();
  });

  it('have the mode of their entry, by default 0770, and as root the group users', async () => {
    await logged(await startClient({ socket: socketPath(), mode: '0700' }, { socket: `${socketPath()}2` }), 'proxy2');
    expect(statSync(socketPath()).mode & 0o7777).toBe(0o700);
    expect(statSync(`${socketPath()}2`).mode & 0o7777).toBe(0o770);
    expect(statSync(`${socketPath()}2`).gid).toBe(process.getuid!() === 0 ? groupId('users') : process.getgid!());
  });

  it('are logged and tried again when they cannot be opened, and the others are opened', async () => {
    const missing = join(folder, 'later');
    const client = await startClient({ socket: join(missing, 'proxy') }, { socket: socketPath() });
    await logged(client, `socket proxy listens socket=${socketPath()}`);
    expect(await logged(client, 'error: socket proxy')).toContain(`cannot listen on ${join(missing, 'proxy')}`);
    mkdirSync(missing);
    await logged(client, `socket proxy listens socket=${join(missing, 'proxy')}`);
  });

  it('are removed with their agent, whether they are open or not', async () => {
    const server = await startServer();
    const client = await startClient({ socket: socketPath() }, { socket: join(folder, 'never', 'proxy') });
    await Promise.all([logged(client, 'socket proxy listens'), logged(client, 'error: socket proxy')]);
    await client.close();
    expect(existsSync(socketPath())).toBe(false);
    await server.close();
    expect(await transfer('gui-vm')).toMatch(/^14 UNAVAILABLE/);
  });
});
