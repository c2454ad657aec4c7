// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// One VM repeatedly asks the admin for an answer of the VM's own agent, which sends almost all of a long answer each
// time and then waits: the cost to the admin is bounded.
import { createSecureServer } from 'node:http2';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { services } from '@givc/rpc';
import { attack } from './support.js';

const [calls, bytes, allowedMiB] = [300, 3_900_000, 64];
const forMs = 12_000;
const { getUnitStatus } = services['admin.AdminService'];

/** The beginning of an answer of this size, without its last byte. */
const almost = Buffer.alloc(5 + bytes - 1, 0x20);
almost[0] = 0;
almost.writeUInt32BE(bytes, 1);

await attack(async (system) => {
  const admin = await system.startAdmin();
  const { ca, cert, key } = system.material('evil-vm');
  const agent = createSecureServer({ ca, cert, key, maxSessionMemory: 10_000 }).listen(0, '127.0.0.1');
  agent.on('sessionError', () => undefined);
  let answered = 0;
  agent.on('stream', (stream, headers) => {
    stream.on('error', () => undefined).resume();
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    if (!headers[':path']?.endsWith('/GetUnitStatus')) return void stream.end();
    answered++;
    stream.write(almost);
  });
  system.onEnd(() => void agent.close());
  await once(agent, 'listening');
  const Transport = {
    ...{ Protocol: 'tcp', Address: '127.0.0.1', Port: String((agent.address() as AddressInfo).port), Name: 'evil-vm' },
  };
  const evil = system.channel(admin, 'evil-vm');
  const register = (request: object) =>
    system
      .client(admin, 'evil-vm')
      .registerService({ Type: 8, Parent: '', Name: '', State: undefined, Transport, ...request });
  await register({ Name: 'givc-evil-vm.service' });
  await register({ Name: 'web.service', Parent: 'givc-evil-vm.service', Type: 9 });
  const before = admin.memory().now;
  admin.resetPeak();
  const asked = Array.from({ length: calls }, () =>
    evil
      .unary(getUnitStatus, { UnitName: 'web.service', VmName: 'evil-vm' }, { deadlineMs: forMs })
      .catch(() => undefined),
  );
  await pause(forMs / 2);
  const client = system.client(admin);
  await client.queryList();
  await Promise.all(asked);
  const grown = admin.memory().peak - before;
  system.check(
    `${calls} answers of an agent that are not whole`,
    grown < allowedMiB && answered > 0,
    `${answered} begun, ${grown.toFixed(0)} MiB more`,
  );
});
