// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// One caller opens 1,400 watches, keeps registering at other ports and has a unit that changes all the time: others get
// the list as fast as before.
import { EventEmitter } from 'node:events';
import { admin } from '@givc/rpc';
import { attack } from './support.js';

const watches = 1_400;
const changes = 300;
const [allowedMs, allowedMiB] = [50, 64];

// All watches share listeners in this process.
EventEmitter.defaultMaxListeners = watches + 100;

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1]!;

await attack(async (system) => {
  const program = await system.startAdmin();
  const client = system.client(program);
  const evil = system.channel(program, 'evil-vm');
  const register = (port: number) =>
    evil.unary(admin.AdminServiceService.registerService, {
      ...{ Name: 'givc-evil-vm.service', Parent: '', Type: 8, State: undefined },
      Transport: { Protocol: 'tcp', Address: '127.0.0.1', Port: String(port), Name: 'evil-vm' },
    });
  const flap = (n: number) =>
    evil.unary(admin.AdminServiceService.registerService, {
      ...{ Name: 'flapping.service', Parent: 'givc-evil-vm.service', Type: 9, Transport: undefined },
      State: {
        ...{ Name: '', Description: `evil ${n} `.padEnd(500, 'x'), LoadState: 'loaded', SubState: 'running', Path: '' },
        ...{ ActiveState: n % 2 ? 'active' : 'inactive', FreezerState: 'running' },
      },
    });
  const queryMs = async (): Promise<number> => {
    const from = performance.now();
    await client.queryList();
    return performance.now() - from;
  };
  await register(20_000);
  const before: number[] = [];
  for (let n = 0; n < 50; n++) before.push(await queryMs());
  program.resetPeak();
  const memory = program.memory().now;
  let refused = 0;
  const calls = Array.from({ length: watches }, () => evil.serverStream(admin.AdminServiceService.watch, {}));
  await Promise.all(calls.map((call) => call.next().catch(() => refused++)));
  const during: number[] = [];
  for (let n = 0; n < changes; n++) {
    const registered = Promise.all([register(20_000 + (n % 2)), flap(n)]);
    during.push(await queryMs());
    await registered;
  }
  const grown = program.memory().peak - memory;
  system.check(
    `${watches} watches, ${changes} registrations and as many changes of a unit of one caller`,
    refused > 0 && median(during) < allowedMs && grown < allowedMiB,
    `QueryList ${median(before).toFixed(1)} ms before, ${median(during).toFixed(1)} ms during; ${refused} watches refused, ` +
      `${grown.toFixed(0)} MiB more`,
  );
});
