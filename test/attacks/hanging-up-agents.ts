// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The agent of a VM accepts each connection of the admin and closes it at once: the admin connects again, but with
// pauses.
import { createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { frame, type } from '../support/http2-frames.js';
import { attack } from './support.js';

const forMs = 10_000;
/** The maximum number of connections with a pause of one second and a backoff that doubles from 100 ms. */
const allowed = 20;

await attack(async (system) => {
  const admin = await system.startAdmin();
  const { ca, cert, key } = system.material('evil-vm');
  let connections = 0;
  const agent = createServer({ ca, cert, key, ALPNProtocols: ['h2'] }, (socket) => {
    connections++;
    socket.on('error', () => undefined);
    socket.write(frame(type.settings, 0, 0, Buffer.alloc(0)));
    // By then the admin has a connection.
    socket.once('data', () => setTimeout(() => socket.destroy(), 20));
  }).listen(0, '127.0.0.1');
  agent.on('tlsClientError', () => undefined);
  system.onEnd(() => void agent.close());
  await once(agent, 'listening');
  const { port } = agent.address() as AddressInfo;
  await system.client(admin, 'evil-vm').registerService({
    ...{ Name: 'givc-evil-vm.service', Parent: '', Type: 8, State: undefined },
    Transport: { Protocol: 'tcp', Address: '127.0.0.1', Port: String(port), Name: 'evil-vm' },
  });
  await pause(forMs);
  await system.client(admin).queryList();
  system.check(
    'an agent that ends each connection',
    connections > 1 && connections <= allowed,
    `${connections} connections in ${forMs / 1_000} s; ${admin.lines.length} lines of the log`,
  );
});
