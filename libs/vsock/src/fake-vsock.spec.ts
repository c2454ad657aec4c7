// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createServer } from 'node:net';
import { describeVsock } from './contract/vsock-contract.fixture.js';
import { FakeVsockNetwork } from './fake-vsock.js';
import { anyCid, anyPort } from './vsock.js';

describeVsock('the fake vsock', () => {
  const network = new FakeVsockNetwork();
  return {
    server: network.machine(2),
    serverCid: 2,
    client: network.machine(3),
    clientCid: 3,
    missingCid: 99,
  };
});

describe('machines of a fake vsock network', () => {
  it("have their own ports, and see each other's CIDs", async () => {
    const network = new FakeVsockNetwork();
    const machines = [3, 4, 5].map((cid) => ({ cid, vsock: network.machine(cid) }));
    const seen: string[] = [];
    const server = createServer((socket) => {
      seen.push(socket.remoteAddress!);
      socket.destroy();
    });
    const { port } = await network.machine(2).listen(server, { cid: anyCid, port: anyPort });
    const sockets = await Promise.all(machines.map(({ vsock }) => vsock.connect({ cid: 2, port })));
    expect(seen).toEqual(['vsock:3', 'vsock:4', 'vsock:5']);
    await expect(machines[0]!.vsock.connect({ cid: 4, port })).rejects.toThrow('nothing listens there');
    for (const socket of sockets) socket.destroy();
    server.close();
  });
});
