// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// One caller keeps changing its registrations: its port, a unit that starts and ends, and report streams that open and
// close. The admin keeps the cost to a few connections, and a few lines of the audit log and the log.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { admin, report, type RpcChannel } from '@givc/rpc';
import { attack, type AttackSystem } from './support.js';
import type { BuiltProgram } from '../support/built-program.js';

const times = 2_000;
const streams = 500;
/** The limit for connections, and for lines of each kind: a burst of 100 and those of the duration of the attack. */
const [allowedConnections, allowedLines, allowedMiB] = [60, 150, 48];
const { registerService } = admin.AdminServiceService;

const running = (name: string, ActiveState: string): admin.RegistryRequest['State'] => ({
  ...{ Name: name, Description: 'evil', LoadState: 'loaded', ActiveState, SubState: 'running', Path: '/evil' },
  ...{ FreezerState: 'running' },
});

/** The port of an agent that accepts connections and never answers. */
async function listen(system: AttackSystem): Promise<{ readonly port: number; readonly count: () => number }> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((socket) => {
    count++;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  system.onEnd(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port, count: () => count };
}

const agentAt = (port: number): admin.RegistryRequest => ({
  ...{ Name: 'givc-evil-vm.service', Parent: '', Type: 8, State: running('givc-evil-vm.service', 'active') },
  Transport: { Protocol: 'tcp', Address: '127.0.0.1', Port: String(port), Name: 'evil-vm' },
});

/** One report stream, from its beginning to the acknowledgement of the snapshot. */
async function reportOnce(evil: RpcChannel, port: number, boot_id: string): Promise<void> {
  const call = evil.duplex(report.ReportsService.report);
  const ended = new Promise<void>((resolve) => call.on('error', () => resolve()).on('end', () => resolve()));
  const answered = new Promise<void>((resolve) => call.once('data', () => resolve()));
  const versions = { protocol_version: 1, agent_version: '0.1.0' };
  const snapshot = { agent: agentAt(port), entries: [], heartbeat_interval_ms: 3_000, boot_id, ...versions };
  call.write({ message: { $case: 'snapshot', value: snapshot } });
  await Promise.race([answered, ended]);
  call.end();
  call.resume();
  await ended;
}

await attack(async (system) => {
  const program: BuiltProgram = await system.startAdmin();
  const evil = system.channel(program, 'evil-vm');
  const [one, other] = [await listen(system), await listen(system)];
  const auditLines = () => readFileSync(join(system.folder, 'admin-vm', 'audit'), 'utf8').split('\n').length - 1;
  const connections = () => one.count() + other.count();

  const tried = async (what: string, act: (n: number) => Promise<unknown>, count: number): Promise<void> => {
    program.resetPeak();
    const before = { audit: auditLines(), log: program.lines.length, connections: connections() };
    const { descriptors, memory } = { descriptors: program.descriptors, memory: program.memory().now };
    const [from, rejections] = [performance.now(), new Set<string>()];
    let mostDescriptors = 0;
    for (let n = 0; n < count; n++) {
      await act(n).catch((error: Error) => rejections.add(error.message));
      if (n % 50 === 0) mostDescriptors = Math.max(mostDescriptors, program.descriptors);
    }
    const seconds = (performance.now() - from) / 1_000;
    const made = connections() - before.connections;
    const lines = { audit: auditLines() - before.audit, log: program.lines.length - before.log };
    const grown = program.memory().peak - memory;
    const opened = Math.max(0, mostDescriptors - descriptors);
    const isBounded = made <= allowedConnections && Math.max(lines.audit, lines.log) <= allowedLines;
    system.check(
      `${count} times ${what}`,
      isBounded && rejections.size === 0 && opened <= 20 && grown <= allowedMiB,
      `${seconds.toFixed(1)} s; ${made} connections, ${opened} more descriptors, ${lines.audit} lines of the audit log, ` +
        `${lines.log} of the log, ${grown.toFixed(0)} MiB more${rejections.size > 0 ? `; ${[...rejections].join(', ')}` : ''}`,
    );
  };

  const register = (request: admin.RegistryRequest) => evil.unary(registerService, request);
  await register(agentAt(one.port));
  await tried('another port', (n) => register(agentAt(n % 2 ? one.port : other.port)), times);
  const unit = 'evil@0.service';
  await tried(
    'a unit that begins, or ends',
    (n) =>
      register({
        ...{ Name: unit, Parent: 'givc-evil-vm.service', Type: 10, Transport: undefined },
        State: running(unit, n % 2 ? 'inactive' : 'active'),
      }),
    times,
  );
  await tried('a stream of reports without a boot', () => reportOnce(evil, one.port, ''), streams);
  await tried('a stream of reports of another boot', (n) => reportOnce(evil, one.port, `boot-${n}`), streams);
});
