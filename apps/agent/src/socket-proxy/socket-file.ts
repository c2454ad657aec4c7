import { once } from 'node:events';
import { chmodSync, lstatSync, mkdtempSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import type { Server } from 'node:net';
import { dirname, join } from 'node:path';
import { GivcError, messageOf } from '@givc/model';
import { runProgram } from '@givc/programs';
import { removeStaleSocket } from '@givc/rpc';

/** Who may connect. */
export interface SocketFile {
  readonly path: string;
  readonly owner: string | undefined;
  readonly group: string | undefined;
  readonly mode: number;
}

/** By chown(1), which knows every name that the system does. */
async function chown(path: string, owner: string | undefined, group: string | undefined): Promise<void> {
  // Behind an owner, a colon without a group would mean the owner's own.
  const whose = group === undefined ? owner! : `${owner ?? ''}:${group}`;
  const environment = { LC_ALL: 'C' };
  const { status, stderr } = await runProgram('chown', ['--no-dereference', '--', whose, path], { environment });
  if (status !== 0) throw new GivcError('FAILED_PRECONDITION', stderr.toString().trim());
}

const idOf = (path: string): string | undefined => {
  const stat = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  return stat && `${stat.dev}:${stat.ino}`;
};

/**
 * Has a server listen at a path with the owner, group and mode that are asked for from the first moment on. A file that a
 * dead server left there is replaced. Resolves with how to stop, which removes the file, unless it is somebody else's by then.
 * Rejects with FAILED_PRECONDITION that names the path: a living server has it, or the system says no.
 */
export async function listenAtFile(server: Server, { path, owner, group, mode }: SocketFile): Promise<() => void> {
  await removeStaleSocket(path);
  if (lstatSync(path, { throwIfNoEntry: false }))
    throw new GivcError('FAILED_PRECONDITION', `cannot listen on ${path}: something that is no socket is there`);
  let folder: string | undefined;
  let made = path;
  try {
    // The file is made where nobody else comes, and moved into its place when it is right.
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
    // Without the name of the folder, which is another one each time.
    const problem = messageOf(error).replaceAll(made, path);
    throw new GivcError('FAILED_PRECONDITION', `cannot listen on ${path}: ${problem}`, { cause: error });
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}
