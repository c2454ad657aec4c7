// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Stats } from 'node:fs';
import { chown, lstat, mkdir, stat } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { posix } from 'node:path';
import { GivcError } from '@givc/model';
import type { DbusProxyEntry } from './dbus-proxy.config.js';
import { uidOf } from './uid-of.js';

const occupied = (message: string): GivcError => new GivcError('FAILED_PRECONDITION', message);

async function statsOf(read: (path: string) => Promise<Stats>, path: string) {
  try {
    return await read(path);
  } catch {
    return undefined;
  }
}

/** Whether a process may accept connections there: only a refused connection (ECONNREFUSED) proves that none does. */
const isServed = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const connection = createConnection(path, () => {
      connection.destroy();
      resolve(true);
    });
    connection.once('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'),
    );
  });

const writableByOthers = 0o022;

/** Makes one folder for the user, inside a folder in which only this agent's user may write. */
async function makeFolder(folder: string, user: string | undefined): Promise<void> {
  const above = await statsOf(stat, posix.dirname(folder));
  const isOurs = above?.isDirectory() && above.uid === process.getuid?.() && (above.mode & writableByOthers) === 0;
  if (!isOurs) throw occupied(`the folder ${folder} of its socket is missing: make it, for example by tmpfiles.d(5)`);
  await mkdir(folder, { mode: 0o755 });
  const sameGroup = -1;
  if (user !== undefined) await chown(folder, await uidOf(user), sameGroup);
}

/**
 * Resolves when a socket can be created at the path: no file is there, or the socket of a process that has ended;
 * xdg-dbus-proxy(1) itself would remove any file. A missing folder is created with mode 0755 if its parent folder
 * belongs to the agent. Rejects with FAILED_PRECONDITION otherwise.
 */
export async function prepareSocketPath({ socket, user }: Pick<DbusProxyEntry, 'socket' | 'user'>): Promise<void> {
  const folder = posix.dirname(socket);
  if (!(await statsOf(stat, folder))) await makeFolder(folder, user);
  const there = await statsOf(lstat, socket);
  if (!there) return;
  if (!there.isSocket()) throw occupied(`${socket} is not a socket: remove it, or choose another path`);
  if (await isServed(socket)) throw occupied(`another process listens on ${socket}: choose another path`);
}
