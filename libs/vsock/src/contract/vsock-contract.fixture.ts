// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { randomBytes } from 'node:crypto';
import { once, setMaxListeners } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { anyCid, anyPort, type Vsock } from '../vsock.js';

/** Two ends that may be one machine. */
export interface VsockUnderTest {
  readonly server: Vsock;
  /** The address at which the client reaches the server. */
  readonly serverCid: number;
  readonly client: Vsock;
  /** The client's CID as the server sees it. */
  readonly clientCid: number;
  /** A CID that no machine has. */
  readonly missingCid: number;
}

const descriptors = (): number => readdirSync('/proc/self/fd').length;

/** Reads to the end; the other direction stays open. */
async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.resume();
  await once(socket, 'end');
  return Buffer.concat(chunks);
}

/** The contract of the kernel's vsock and of the fake. */
export function describeVsock(title: string, open: () => Promise<VsockUnderTest> | VsockUnderTest): void {
  describe(title, () => {
    let vsock: VsockUnderTest;
    const servers = new Set<Server>();
    const sockets = new Set<Socket>();

    const keep = (socket: Socket): Socket => {
      socket.on('error', () => undefined);
      sockets.add(socket);
      return socket;
    };
    const listen = async (allowHalfOpen = false) => {
      const server = createServer({ allowHalfOpen }, keep);
      servers.add(server);
      const address = await vsock.server.listen(server, { cid: anyCid, port: anyPort });
      return { server, port: address.port };
    };
    const connect = async (port: number) =>
      keep(await vsock.client.connect({ cid: vsock.serverCid, port }, { allowHalfOpen: true }));
    const pair = async (allowHalfOpen = true) => {
      const { server, port } = await listen(allowHalfOpen);
      const accepted = once(server, 'connection') as Promise<[Socket]>;
      const client = await connect(port);
      return { server, port, client, peer: (await accepted)[0] };
    };
    const closeAll = async () => {
      const closing = [...sockets].filter((socket) => !socket.closed).map((socket) => once(socket, 'close'));
      for (const socket of sockets) socket.destroy();
      await Promise.all(closing);
      const ending = [...servers].filter((server) => server.listening).map((server) => once(server.close(), 'close'));
      await Promise.all(ending);
      sockets.clear();
      servers.clear();
    };

    beforeAll(async () => {
      vsock = await open();
      // Modules and descriptors that are opened only once do not count as a leak.
      await pair();
      await closeAll();
    });
    afterEach(closeAll);

    it('carries bytes both ways, all of them and in order', async () => {
      const { client, peer } = await pair();
      const [up, down] = [randomBytes(4 * 1024 * 1024), randomBytes(3 * 1024 * 1024)];
      client.end(up);
      peer.end(down);
      const [received, answered] = await Promise.all([readAll(peer), readAll(client)]);
      expect([received.equals(up), answered.equals(down)]).toEqual([true, true]);
    });

    it('knows the CID of the other end on both sides', async () => {
      const { client, peer, port } = await pair();
      expect(peer.remoteAddress).toBe(`vsock:${vsock.clientCid}`);
      expect(peer.remotePort).toBe(client.localPort);
      expect(peer.localPort).toBe(port);
      expect([client.remoteAddress, client.remotePort]).toEqual([`vsock:${vsock.serverCid}`, port]);
    });

    it('ends one direction and continues in the other', async () => {
      const { client, peer } = await pair();
      client.end('question');
      expect(String(await readAll(peer))).toBe('question');
      peer.write('answer');
      expect(String((await once(client, 'data'))[0])).toBe('answer');
      peer.end();
      await once(client, 'end');
    });

    it('makes a writer wait for a reader that does not read', async () => {
      const { client, peer } = await pair();
      peer.pause();
      const chunk = randomBytes(64 * 1024);
      let written = 0;
      let isFull = false;
      while (!isFull) {
        client.write(chunk);
        written += chunk.length;
        // Bytes that the kernel accepts at once are not in the socket's buffer.
        isFull = client.writableLength > 1024 * 1024;
      }
      let isDrained = false;
      client.once('drain', () => (isDrained = true));
      await new Promise((resolve) => setImmediate(resolve));
      expect(isDrained).toBe(false);
      const received = readAll(peer);
      await once(client, 'drain');
      client.end();
      expect((await received).length).toBe(written);
    });

    it('reports that nothing listens at a port', async () => {
      const { server, port } = await listen();
      await once(server.close(), 'close');
      await expect(vsock.client.connect({ cid: vsock.serverCid, port })).rejects.toMatchObject({
        reason: 'UNAVAILABLE',
        message: expect.stringMatching(
          new RegExp(`^connect ECONNRESET vsock:${vsock.serverCid}:${port}: nothing listens there`),
        ) as string,
      });
    });

    it('reports that no machine has a CID', async () => {
      const cid = vsock.missingCid;
      await expect(vsock.client.connect({ cid, port: 7 })).rejects.toMatchObject({
        reason: 'UNAVAILABLE',
        message: expect.stringMatching(
          new RegExp(`^connect ENODEV vsock:${cid}:7: no machine has the CID ${cid}, or this kernel has no way to it`),
        ) as string,
      });
    });

    it('reports that another server already listens at a port', async () => {
      const { port } = await listen();
      const second = createServer();
      await expect(vsock.server.listen(second, { cid: anyCid, port })).rejects.toMatchObject({
        reason: 'FAILED_PRECONDITION',
        message: `cannot listen on vsock:any:${port}: another process already does`,
      });
      expect(second.listening).toBe(false);
    });

    it('does not listen at the CID of another machine', async () => {
      const cid = vsock.missingCid;
      await expect(vsock.server.listen(createServer(), { cid, port: anyPort })).rejects.toMatchObject({
        reason: 'FAILED_PRECONDITION',
        message: `cannot listen on vsock:${cid}:any: this machine does not have the CID ${cid}: use its own, or any (of CID 1: modprobe vsock_loopback)`,
      });
    });

    it('does not connect when the signal is aborted', async () => {
      const { port } = await listen();
      const signal = AbortSignal.abort();
      await expect(vsock.client.connect({ cid: vsock.serverCid, port }, { signal })).rejects.toMatchObject({
        reason: 'CANCELLED',
      });
    });

    it('accepts many connections at once, each with its own bytes', async () => {
      const { server, port } = await listen(true);
      server.on('connection', (socket: Socket) => socket.pipe(socket));
      const echoed = await Promise.all(
        Array.from({ length: 50 }, async (_, index) => {
          const socket = await connect(port);
          socket.end(`connection ${index}`);
          return String(await readAll(socket));
        }),
      );
      expect(echoed).toEqual(Array.from({ length: 50 }, (_, index) => `connection ${index}`));
    });

    it('keeps no descriptor of connections that have ended, failed or were cancelled', async () => {
      const { port } = await listen();
      const before = descriptors();
      for (let round = 0; round < 20; round++) {
        const socket = await connect(port);
        const closed = once(socket, 'close');
        socket.destroy();
        await closed;
      }
      const failing = Array.from({ length: 20 }, () => vsock.client.connect({ cid: vsock.serverCid, port: 5 }));
      await Promise.allSettled(failing);
      const controller = new AbortController();
      setMaxListeners(20, controller.signal);
      const given = Array.from({ length: 20 }, () =>
        vsock.client.connect({ cid: vsock.serverCid, port }, { signal: controller.signal }).then(keep),
      );
      controller.abort();
      await Promise.allSettled(given);
      await Promise.allSettled([
        vsock.server.listen(createServer(), { cid: anyCid, port }),
        vsock.server.listen(createServer(), { cid: vsock.missingCid, port: anyPort }),
      ]);
      await closeAll();
      // The server that was open at the first count has been closed.
      expect(descriptors()).toBe(before - 1);
    });
  });
}
