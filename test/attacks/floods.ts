// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// One caller, in a separate process, makes calls without a pause over one connection and over a hundred: the calls of
// others are served meanwhile.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { connect, createSecureContext } from 'node:tls';
import { setTimeout as pause } from 'node:timers/promises';
import type { TlsMaterial } from '@givc/rpc';
import { callFields, flag, frame, headerBlock, message, preface, type } from '../support/http2-frames.js';
import { attack, type AttackSystem } from './support.js';
import type { BuiltProgram } from '../support/built-program.js';

const forMs = 6_000;
/** The limit for the median of the calls of others. */
const [allowedMs, allowedMiB] = [250, 96];

interface Flood {
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  readonly material: Readonly<Record<keyof TlsMaterial, string>>;
}

/** The process of the attacker. */
function flood({ port, path, connections, material }: Flood): void {
  const secureContext = createSecureContext(material);
  const fields = headerBlock(callFields(path));
  for (let n = 0; n < connections; n++) {
    const socket = connect({
      ...{ host: '127.0.0.1', port, secureContext, ALPNProtocols: ['h2'], checkServerIdentity: () => undefined },
    });
    socket
      .on('error', () => undefined)
      .resume()
      .once('secureConnect', () => {
        socket.write(Buffer.concat([preface, frame(type.settings, 0, 0, Buffer.alloc(0))]));
        let stream = 1;
        const send = (): void => {
          if (socket.destroyed) return;
          const calls = Array.from({ length: 100 }, () => {
            stream += 2;
            const request = frame(type.data, flag.endStream, stream, message(Buffer.alloc(0)));
            return Buffer.concat([frame(type.headers, flag.endHeaders, stream, fields), request]);
          });
          if (socket.write(Buffer.concat(calls))) setImmediate(send);
          else socket.once('drain', () => setImmediate(send));
        };
        send();
      });
  }
}

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1]!;

async function tried(system: AttackSystem, program: BuiltProgram, path: string, connections: number): Promise<void> {
  const client = system.client(program);
  await client.queryList();
  const before = program.memory().now;
  program.resetPeak();
  const { ca, cert, key } = system.material('evil-vm');
  const material = { ca: ca.toString(), cert: cert.toString(), key: key.toString() };
  const other = fork(new URL(import.meta.url).pathname, ['flood'], { execArgv: process.execArgv });
  system.onEnd(() => void other.kill('SIGKILL'));
  // The program's own time is measured, not that of the machine.
  setPriority(other.pid!, 10);
  const began = once(other, 'message');
  other.send({ port: program.port, path, connections, material } satisfies Flood);
  await began;
  const times: number[] = [];
  let failed = 0;
  for (const end = performance.now() + forMs; performance.now() < end; await pause(10)) {
    const from = performance.now();
    await client.queryList({ deadlineMs: 20_000 }).catch(() => failed++);
    times.push(performance.now() - from);
  }
  const grown = program.memory().peak - before;
  other.kill('SIGKILL');
  system.check(
    `${path} without a pause over ${connections} connections`,
    failed === 0 && median(times) < allowedMs && grown < allowedMiB,
    `half of ${times.length} calls of another within ${median(times).toFixed(0)} ms, all within ` +
      `${Math.max(...times).toFixed(0)} ms; ${failed} failed; ${grown.toFixed(0)} MiB more`,
  );
}

if (process.argv[2] === 'flood') {
  process.once('message', (settings: Flood) => {
    flood(settings);
    process.send!('begun');
  });
} else {
  await attack(async (system) => {
    const program = await system.startAdmin();
    for (const path of ['/grpc.health.v1.Health/Check', '/no.Service/Rpc'])
      for (const connections of [1, 100]) await tried(system, program, path, connections);
  });
}
