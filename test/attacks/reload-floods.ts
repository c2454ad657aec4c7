// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// A local program sends thousands of SIGHUPs while calls are served, the service manager reads none of the
// notifications, and a certificate is revoked at the end: the reloads are bounded, the last state of the files is in
// use, and SIGTERM ends the daemon.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { attack } from './support.js';

const [signals, allowedReloads, allowedMiB] = [10_000, 20, 16];

/** A socket without a reader: a datagram to it blocks once its queue is full. */
const fullSocket = `
import socket, sys, time
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
sender.setblocking(False)
try:
    while True:
        sender.sendto(b"X=1", sys.argv[1])
except BlockingIOError:
    print("full", flush=True)
time.sleep(600)
`;

await attack(async (system) => {
  const socket = `${system.folder}/notify`;
  const manager = spawn('python3', ['-c', fullSocket, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  system.onEnd(() => void manager.kill('SIGKILL'));
  await once(manager.stdout, 'data');

  const revocations = `${system.folder}/revocations`;
  writeFileSync(revocations, '');
  const admin = await system.startAdmin({
    environment: { NOTIFY_SOCKET: socket, GIVC_REVOCATIONS: revocations },
  });
  const client = system.client(admin);
  await client.queryList();
  const before = { ms: admin.processorMs, mebibytes: admin.memory().now };
  admin.resetPeak();
  let failed = 0;
  for (let sent = 0; sent < signals; sent += 50) {
    for (let n = 0; n < 50; n++) process.kill(admin.pid, 'SIGHUP');
    if (sent % 1_000 === 0) await client.queryList({ deadlineMs: 5_000 }).catch(() => failed++);
    else await pause(5);
  }
  const reloads = () => admin.lines.filter((line) => /\breloaded changed=/.test(line)).length;
  const inFlood = reloads();
  system.check(
    `${signals} SIGHUPs`,
    admin.isRunning && failed === 0 && inFlood <= allowedReloads && admin.memory().peak - before.mebibytes < allowedMiB,
    `${inFlood} reloads, ${admin.processorMs - before.ms} ms of processor time, ` +
      `${(admin.memory().peak - before.mebibytes).toFixed(0)} MiB more; ${failed} calls failed`,
  );

  writeFileSync(revocations, 'name honest-vm\n');
  process.kill(admin.pid, 'SIGHUP');
  await admin.untilLine('the revocations reloaded');
  const revoked = await client.queryList({ deadlineMs: 5_000 }).then(
    () => 'OK',
    (error: Error) => error.message,
  );
  system.check('a revocation at the end of the flood', revoked !== 'OK', revoked);

  const [began, ended] = [performance.now(), admin.untilEnd()];
  for (let n = 0; n < 1_000; n++) process.kill(admin.pid, 'SIGHUP');
  process.kill(admin.pid, 'SIGTERM');
  for (let n = 0; n < 1_000 && admin.isRunning; n++) process.kill(admin.pid, 'SIGHUP');
  const status = await ended;
  system.check(
    'SIGTERM among SIGHUPs, while the service manager reads nothing',
    status === 0 && performance.now() - began < 5_000,
    `ended with status ${status} after ${(performance.now() - began).toFixed(0)} ms`,
  );
});
