// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isUtf8 } from 'node:buffer';
import { constants, type BigIntStats } from 'node:fs';
import { open, readlink, type FileHandle } from 'node:fs/promises';
import { isAbsolute, sep } from 'node:path';
import { GivcError } from '@givc/model';

/**
 * O_PATH of open(2), which Node does not name: the descriptor stands for the file, and nothing is opened, so that
 * opening a FIFO or a device has no effect and does not block. The number is that of x86 and ARM.
 */
const O_PATH = 0o10000000;

const maxHeld = 512;

/** Undefined when the path cannot be opened: whether it does not exist or is not permitted makes no difference. */
async function withPath<Value>(
  path: string,
  flags: number,
  use: (handle: FileHandle) => Promise<Value>,
): Promise<Value | undefined> {
  const handle = await open(path, O_PATH | flags).catch(() => undefined);
  try {
    return handle && (await use(handle));
  } finally {
    await handle?.close();
  }
}

/** The path of the file in the kernel, without symlinks (proc_pid_fd(5)); undefined when it is no UTF-8, as an argument has to be. */
async function pathOf(handle: FileHandle): Promise<string | undefined> {
  const path = await readlink(`/proc/self/fd/${handle.fd}`, 'buffer').catch(() => undefined);
  return path && isUtf8(path) ? path.toString() : undefined;
}

const pathOfDirectory = (path: string): Promise<string | undefined> => withPath(path, constants.O_DIRECTORY, pathOf);

const isInside = (path: string, directory: string): boolean =>
  path.startsWith(directory.endsWith(sep) ? directory : directory + sep);

/**
 * A regular file inside a shared directory. It is held open until `close`, so that its inode number is not reused while it
 * is compared. At most 512 are held in this process; beyond them, RESOURCE_EXHAUSTED.
 */
export class SharedFile {
  static #held = 0;

  private constructor(
    /** Where it is, without symlinks. */
    readonly path: string,
    private readonly handle: FileHandle,
    private readonly status: BigIntStats,
  ) {}

  /**
   * The path is looked up once; what it is and where it is are then asked of the file found, and not of the path, which
   * may lead elsewhere by then. Undefined unless that is a regular file inside one of the directories.
   */
  static async open(path: string, directories: readonly string[]): Promise<SharedFile | undefined> {
    if (!isAbsolute(path)) return undefined;
    if (this.#held >= maxHeld)
      throw new GivcError('RESOURCE_EXHAUSTED', `too many files are being opened: at most ${maxHeld} at once`);
    this.#held++;
    let file: SharedFile | undefined;
    const handle = await open(path, O_PATH).catch(() => undefined);
    try {
      file = handle && (await this.#shared(handle, directories));
      return file;
    } finally {
      if (!file) {
        this.#held--;
        await handle?.close();
      }
    }
  }

  static async #shared(handle: FileHandle, directories: readonly string[]): Promise<SharedFile | undefined> {
    const [path, status, ...inside] = await Promise.all([
      pathOf(handle),
      handle.stat({ bigint: true }),
      ...directories.map(pathOfDirectory),
    ]);
    if (path === undefined || !status.isFile()) return undefined;
    if (!inside.some((directory) => directory !== undefined && isInside(path, directory))) return undefined;
    const file = new SharedFile(path, handle, status);
    // For a file that was unlinked, the kernel has the last path with a remark behind it.
    return (await file.isStillThere()) ? file : undefined;
  }

  /** Whether the path, followed now and without any symlink, leads to this file. */
  async isStillThere(): Promise<boolean> {
    const isThere = await withPath(this.path, constants.O_NOFOLLOW, async (handle) => {
      const [path, status] = await Promise.all([pathOf(handle), handle.stat({ bigint: true })]);
      return path === this.path && status.dev === this.status.dev && status.ino === this.status.ino;
    });
    return isThere ?? false;
  }

  async close(): Promise<void> {
    SharedFile.#held--;
    await this.handle.close();
  }
}
