// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isUtf8 } from 'node:buffer';
import { constants, type BigIntStats } from 'node:fs';
import { open, readlink, type FileHandle } from 'node:fs/promises';
import { isAbsolute, sep } from 'node:path';
import { GivcError } from '@givc/model';

/**
 * O_PATH of open(2), which Node does not define: the descriptor refers to the file without opening it, so that a FIFO
 * or a device has no effect and does not block. The number is that of x86 and ARM.
 */
const O_PATH = 0o10000000;

const maxHeld = 512;

/** Undefined when the path cannot be opened, for whatever reason. */
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

/**
 * The path of the file in the kernel, without symlinks (proc_pid_fd(5)); undefined when it is not UTF-8, which
 * arguments have to be.
 */
async function pathOf(handle: FileHandle): Promise<string | undefined> {
  const path = await readlink(`/proc/self/fd/${handle.fd}`, 'buffer').catch(() => undefined);
  return path && isUtf8(path) ? path.toString() : undefined;
}

const pathOfDirectory = (path: string): Promise<string | undefined> => withPath(path, constants.O_DIRECTORY, pathOf);

const isInside = (path: string, directory: string): boolean =>
  path.startsWith(directory.endsWith(sep) ? directory : directory + sep);

/**
 * A regular file inside a shared directory. It is held open until `close`, so that its inode number is not reused while
 * it is compared. This process holds at most 512; RESOURCE_EXHAUSTED beyond that.
 */
export class SharedFile {
  static #held = 0;

  private constructor(
    /** Its path, without symlinks. */
    readonly path: string,
    private readonly handle: FileHandle,
    private readonly status: BigIntStats,
  ) {}

  /**
   * Resolves the path once and checks the file that was found, not the path, which may lead elsewhere by then.
   * Undefined unless it is a regular file inside one of the directories.
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
    // For a deleted file, the kernel appends a remark to the last path.
    return (await file.isStillThere()) ? file : undefined;
  }

  /** Whether the path, resolved now without symlinks, leads to this file. */
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
