// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { randomBytes } from 'node:crypto';
import { constants, createReadStream, renameSync } from 'node:fs';
import { open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from './make-folder.js';
import { writeError } from './write-error.js';

const besideOf = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.new`);

/** Waits until the directory entries of the folder are on the disk (fsync(2)). */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export interface NewFileOptions {
  /** The mode of the file from its first byte on, reduced by the umask; default 0644. */
  readonly mode?: number;
  /** Whether a missing folder is created. */
  readonly makeFolder?: boolean;
  /** The mode of a new folder; default 0777. */
  readonly folderMode?: number;
}

/** The errors for a file that is a mount point (rename(2), EBUSY), or whose folder cannot be written. */
const irreplaceable: ReadonlySet<string | undefined> = new Set(['EBUSY', 'EROFS', 'EACCES', 'EPERM', 'EXDEV']);

/**
 * The replacement of a file, written beside it. Readers of the path find the complete old file or the complete new one,
 * even after a power failure. A symlink at the path is replaced, not its target. Every method throws RESOURCE_EXHAUSTED
 * when the disk is full and FAILED_PRECONDITION when the path cannot be written; the old file is then unchanged.
 */
export class NewFile {
  private constructor(
    private readonly path: string,
    private readonly beside: string,
    private readonly handle: FileHandle,
  ) {}

  /** Call `replace` or `discard` at the end. */
  static async create(path: string, options: NewFileOptions = {}): Promise<NewFile> {
    const { mode = 0o644 } = options;
    const beside = besideOf(path);
    try {
      if (options.makeFolder) await makeFolder(dirname(path), options.folderMode);
      return new NewFile(path, beside, await open(beside, 'wx', mode));
    } catch (error) {
      throw writeError(path, error);
    }
  }

  /** Replaces a file by this text. */
  static async replaceBy(path: string, content: string | Uint8Array, options?: NewFileOptions): Promise<void> {
    const file = await NewFile.create(path, options);
    try {
      await file.write(typeof content === 'string' ? Buffer.from(content) : content);
      await file.finish();
      await file.replace();
    } finally {
      await file.discard();
    }
  }

  /**
   * Like `replaceBy`, but a file that can be written and not replaced, such as a bind mount of a single file, is
   * written in place; then a power failure may leave a part of it. A symlink is not followed.
   */
  static async replaceOrOverwrite(path: string, content: string): Promise<void> {
    try {
      await NewFile.replaceBy(path, content);
    } catch (error) {
      const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
      if (!irreplaceable.has(code) || !(await overwrite(path, content))) throw error;
    }
  }

  async write(chunk: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < chunk.length;) at += (await this.handle.write(chunk, at)).bytesWritten;
    } catch (error) {
      throw writeError(this.path, error);
    }
  }

  /** Ends the writing; resolves once the disk has all bytes. */
  async finish(): Promise<void> {
    try {
      await this.handle.sync();
    } catch (error) {
      throw writeError(this.path, error);
    } finally {
      await this.handle.close();
    }
  }

  /** A new file with the same content for another path, which may be on another file system. Call it after `finish`. */
  async copyFor(path: string, options?: NewFileOptions): Promise<NewFile> {
    const copy = await NewFile.create(path, options);
    try {
      for await (const chunk of createReadStream(this.beside)) await copy.write(chunk as Buffer);
      await copy.finish();
      return copy;
    } catch (error) {
      await copy.discard();
      throw writeError(this.path, error);
    }
  }

  /** Replaces the old file; call it after `finish`. Resolves once the disk has the new name. */
  async replace(): Promise<void> {
    try {
      await rename(this.beside, this.path);
      await flushFolder(dirname(this.path));
    } catch (error) {
      throw writeError(this.path, error);
    }
  }

  /** Removes the new file, unless it has already replaced the old one. */
  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(this.beside, { force: true }).catch(() => undefined);
  }
}

/** Returns whether there was a file to write. Throws like `NewFile` when it could not be written completely. */
async function overwrite(path: string, content: string): Promise<boolean> {
  const { O_WRONLY, O_NOFOLLOW } = constants;
  const handle = await open(path, O_WRONLY | O_NOFOLLOW).catch(() => undefined);
  if (!handle) return false;
  try {
    await handle.writeFile(content);
    await handle.truncate(Buffer.byteLength(content));
    await handle.sync();
    return true;
  } catch (error) {
    throw writeError(path, error);
  } finally {
    await handle.close();
  }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Removes temporary files of a killed process beside this path. No other process may be writing the path. */
export async function removeLeftovers(path: string): Promise<void> {
  const pattern = new RegExp(`^\\.${escaped(basename(path))}\\.[0-9a-f]{12}\\.new$`);
  const names = await readdir(dirname(path)).catch((): string[] => []);
  for (const name of names)
    if (pattern.test(name)) await rm(join(dirname(path), name), { force: true }).catch(() => undefined);
}

/** Renames a damaged file, so that a person can inspect it, and returns its new path. */
export function setAside(path: string): string {
  const aside = `${path}.damaged`;
  renameSync(path, aside);
  return aside;
}
