// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The peer of a socket proxy opens its maximum of connections, in either direction, to readers that read nothing, while
// the other side sends endlessly: their total cost to an agent is limited.
import { connect as connectHttp2 } from 'node:http2';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Server, type ServerDuplexStream } from '@grpc/grpc-js';
import { services, type socketproxy } from '@givc/rpc';
import { freePort } from '../support/free-port.js';
import { listen } from '../support/grpc-server.js';
import { attack, type AttackSystem } from './support.js';
import type { BuiltProgram } from '../support/built-program.js';

const [connections, allowedMiB] = [256, 64];
const settleMs = 8_000;
const { transferData } = services['socketproxy.SocketStream'];

/** A service of this machine that sends endlessly to each of its clients. */
function startService(system: AttackSystem, path: string): void {
  const chunk = Buffer.alloc(64 * 1024);
  const service = createServer((socket) => {
    const send = (): void => {
      while (socket.writable && socket.write(chunk));
    };
    socket.on('error', () => undefined).on('drain', send);
    send();
  }).listen(path);
  system.onEnd(() => void service.close());
}

/** The agent of evil-vm, which also sends endlessly to each connection; resolves with its port. */
function startPeer(system: AttackSystem): Promise<number> {
  const server = new Server({ 'grpc.max_concurrent_streams': 4096 });
  const frame = { Chunk: Buffer.alloc(60_000), Eof: false };
  server.addService(
    { transferData },
    {
      transferData: (call: ServerDuplexStream<socketproxy.StreamFrame, socketproxy.StreamFrame>) => {
        const send = (): void => {
          while (!call.cancelled && call.write(frame));
        };
        call
          .on('error', () => undefined)
          .on('drain', send)
          .resume();
        send();
      },
    },
  );
  system.onEnd(() => server.forceShutdown());
  return listen(server, system.material('evil-vm'));
}

async function tried(
  system: AttackSystem,
  agent: BuiltProgram,
  what: string,
  act: () => Promise<() => void>,
): Promise<void> {
  const before = agent.memory().now;
  agent.resetPeak();
  const end = await act();
  await pause(settleMs);
  const grown = agent.memory().peak - before;
  end();
  system.check(what, grown < allowedMiB && agent.isRunning, `${grown.toFixed(0)} MiB more`);
}

await attack(async (system) => {
  const [service, user] = [join(system.folder, 'service'), join(system.folder, 'user')];
  startService(system, service);
  const [servedPort, peerPort] = [await freePort(), await startPeer(system)];
  const entry = (port: number) => ({
    transport: { name: 'evil-vm', addr: '127.0.0.1', port: String(port), protocol: 'tcp' },
  });
  const sockets = [
    { ...entry(servedPort), server: true, socket: service },
    { ...entry(peerPort), server: false, socket: user },
  ];
  const agent = await system.startAgent('net-vm', { capabilities: { socketProxy: { enable: true, sockets } } });
  await agent.untilLine('socket proxy listens');

  await tried(
    system,
    agent,
    `${connections} connections whose peer reads nothing of what a service sends`,
    async () => {
      const session = connectHttp2(`https://127.0.0.1:${servedPort}`, {
        ...system.material('evil-vm'),
        servername: 'net-vm',
        settings: { initialWindowSize: 0 },
      });
      session.on('error', () => undefined).setMaxListeners(0);
      await once(session, 'connect');
      for (let n = 0; n < connections; n++)
        session
          .request({
            ...{ ':method': 'POST', ':path': transferData.path, 'content-type': 'application/grpc', te: 'trailers' },
          })
          .on('error', () => undefined);
      return () => session.destroy();
    },
  );
  await tried(system, agent, `${connections} users that read nothing of what the peer sends`, async () => {
    const users = Array.from({ length: connections }, () =>
      connect(user)
        .on('error', () => undefined)
        .pause(),
    );
    return await Promise.resolve(() => users.forEach((one) => one.destroy()));
  });
});
