// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// watchers-main CERTIFICATES ADMIN-PORT: watches of several names in one process, which is controlled over IPC.
import { now } from '../clock.js';
import { changedAt, materialIn, watcherAddress, watcherName, watchesOfName } from './plan.js';
import type { WatchersCommand, WatchersEvent } from './processes.js';
import { WatcherConnection } from './watcher.js';

const [certificates, adminPort] = process.argv.slice(2) as [string, string];
const send = (event: WatchersEvent): void => void process.send!(event);

let connections: WatcherConnection[] = [];
let watches = 0;
let lists = 0;
/** The number of watches that have received each change, and the time of the last one. */
let changes = new Map<number, { count: number; last: number }>();

const events = {
  listed: () => {
    if (++lists === watches) send({ kind: 'listed', at: now() });
  },
  changed: (message: Buffer) => {
    const at = changedAt(message);
    if (at === undefined) return;
    const known = changes.get(at) ?? { count: 0, last: 0 };
    known.count++;
    known.last = now();
    changes.set(at, known);
    if (known.count === watches) send({ kind: 'delivered', at: known.last, ms: known.last - at });
  },
  ended: (reason: string) => send({ kind: 'ended', at: now(), reason }),
};

const open = (index: number): WatcherConnection =>
  WatcherConnection.open(
    watcherAddress(index),
    Number(adminPort),
    materialIn(certificates, watcherName(index)),
    events,
  );

process.on('message', (command: WatchersCommand) => {
  switch (command.kind) {
    case 'watch':
      watches = command.count;
      lists = 0;
      changes = new Map();
      for (let opened = 0; opened < watches; opened++) {
        const index = Math.floor(opened / watchesOfName);
        connections[index] ??= open(index);
        connections[index].watch();
      }
      return;
    case 'close':
      for (const connection of connections) connection.close();
      connections = [];
      watches = 0;
  }
});
process.on('disconnect', () => process.exit());
send({ kind: 'ready', at: now() });
