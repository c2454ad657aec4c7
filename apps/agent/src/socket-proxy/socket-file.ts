// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { chmodSync, lstatSync, mkdtempSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import type { Server } from 'node:net';
import { dirname, join } from 'node:path';
import { GivcError, messageOf } from '@givc/model';
import { runProgram } from '@givc/programs';
import { removeStaleSocket } from '@givc/rpc';

/** A socket's path, and the owner, group and mode that decide which users may connect. */
export interface SocketFile {
  readonly path: string;
  readonly owner: string | undefined;
  readonly group: string | undefined;
  readonly mode: number;
}

/** Uses chown(1), which looks up names by nsswitch.conf(5). */
async function chown(path: string, owner: string | undefined, group: string | undefined): Promise<void> {
  // For chown(1), an owner and a colon without a group stand for the group of the owner.
  const owners = group === undefined ? owner! : `${owner ?? ''}:${group}`;
  const environment = { LC_ALL: 'C' };
  const { status, stderr } = await runProgram('chown', ['--no-dereference', '--', owners, path], { environment });
  if (status !== 0) throw new GivcError('FAILED_PRECONDITION', stderr.toString().trim());
}

const idOf = (path: string): string | undefined => {
  const stat = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  return stat && `${stat.dev}:${stat.ino}`;
};

/**
 * Makes a server listen at a path, with this owner, group and mode from the beginning. The file of a dead server is
 * replaced. Resolves with a function that stops and removes the file, unless another server has replaced it. Rejects
 * with FAILED_PRECONDITION that names the path when a running server listens there, or the system returns an error.
 */
export async function listenAtFile(server: Server, { path, owner, group, mode }: SocketFile): Promise<() => void> {
  await removeStaleSocket(path);
  if (lstatSync(path, { throwIfNoEntry: false }))
    throw new GivcError('FAILED_PRECONDITION', `cannot listen on ${path}: the path exists and is not a socket`);
  let folder: string | undefined;
  let made = path;
  try {
    // The file is made in a folder that only this user may enter, and moved when its owner and mode are set. `NewFile`
    // cannot do that: a socket has no content, and is bound at its path.
    folder = mkdtempSync(join(dirname(path), '.s'));
    made = join(folder, 's');
    server.listen(made);
    await once(server, 'listening');
    if (owner !== undefined || group !== undefined) await chown(made, owner, group);
    chmodSync(made, mode);
    const id = idOf(made);
    renameSync(made, path);
    return () => {
      server.close();
      if (idOf(path) === id) unlinkSync(path);
    };
  } catch (error) {
    server.close();
    // The message without the name of the folder, which is different each time.
    const problem = messageOf(error).replaceAll(made, path);
    throw new GivcError('FAILED_PRECONDITION', `cannot listen on ${path}: ${problem}`, { cause: error });
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}
