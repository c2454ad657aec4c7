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

/** Whether anybody accepts connections there, or might: only a refusal is a sure sign that nobody does. */
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

/** Makes one folder, for the user, where nobody else could have put something in its way. */
async function makeFolder(folder: string, user: string | undefined): Promise<void> {
  const above = await statsOf(stat, posix.dirname(folder));
  const isOurs = above?.isDirectory() && above.uid === process.getuid?.() && (above.mode & writableByOthers) === 0;
  if (!isOurs) throw occupied(`the folder ${folder} of its socket is missing: make it, for example by tmpfiles.d(5)`);
  await mkdir(folder, { mode: 0o755 });
  const sameGroup = -1;
  if (user !== undefined) await chown(folder, await uidOf(user), sameGroup);
}

/**
 * Resolves when a socket can be made at the path: nothing is there, or what somebody dead has left. xdg-dbus-proxy(1)
 * itself would remove whatever it finds. A missing folder is made, mode 0755, if the one that it is to be in is the
 * agent's own. FAILED_PRECONDITION otherwise.
 */
export async function prepareSocketPath({ socket, user }: Pick<DbusProxyEntry, 'socket' | 'user'>): Promise<void> {
  const folder = posix.dirname(socket);
  if (!(await statsOf(stat, folder))) await makeFolder(folder, user);
  const there = await statsOf(lstat, socket);
  if (!there) return;
  if (!there.isSocket()) throw occupied(`${socket} is no socket: remove it, or choose another place`);
  if (await isServed(socket)) throw occupied(`somebody else listens on ${socket}: choose another place`);
}
