// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Echoes all data at a unix socket, each connection by itself, with half-close: node echo.mjs PATH
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';

const [path] = process.argv.slice(2);
const observers = new Set();
let connections = 0;
const change = (by) => {
  connections += by;
  for (const observer of observers) observer.write(`${connections}\n`);
};

const service = createServer({ allowHalfOpen: true }, (socket) => {
  change(+1);
  socket.once('close', () => change(-1));
  socket.on('error', () => undefined).pipe(socket);
});
const counter = createServer((observer) => {
  observers.add(observer);
  observer.on('error', () => undefined).once('close', () => observers.delete(observer));
  observer.write(`${connections}\n`);
});
for (const [server, socket] of [
  [service, path],
  [counter, `${path}.count`],
]) {
  rmSync(socket, { force: true });
  await once(server.listen(socket), 'listening');
}
spawnSync('systemd-notify', ['--ready']);
