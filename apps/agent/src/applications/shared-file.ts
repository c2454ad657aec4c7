import { isUtf8 } from 'node:buffer';
import { constants, type BigIntStats } from 'node:fs';
import { open, readlink, type FileHandle } from 'node:fs/promises';
import { isAbsolute, sep } from 'node:path';
import { GivcError } from '@givc/model';

/**
 * O_PATH of open(2), which Node does not name: the descriptor stands for the file, and nothing is opened, so that
 * neither a FIFO nor a device notices or makes anybody wait. The number is that of x86 and ARM.
 */
const O_PATH = 0o10000000;

const maxHeld = 512;

/** What is there cannot be told from what may not be reached: to the caller both do not exist. */
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

/** Where the kernel has the file, without symlinks (proc_pid_fd(5)); undefined when that is no text, which an argument is. */
async function placeOf(handle: FileHandle): Promise<string | undefined> {
  const place = await readlink(`/proc/self/fd/${handle.fd}`, 'buffer').catch(() => undefined);
  return place && isUtf8(place) ? place.toString() : undefined;
}

const placeOfDirectory = (path: string): Promise<string | undefined> => withPath(path, constants.O_DIRECTORY, placeOf);

const isInside = (place: string, directory: string): boolean =>
  place.startsWith(directory.endsWith(sep) ? directory : directory + sep);

/**
 * A regular file inside a shared directory. It is held until `close`, so that its inode number means no other file as
 * long as somebody compares it. At most 512 are held in this process; beyond them, RESOURCE_EXHAUSTED.
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
    const [place, status, ...inside] = await Promise.all([
      placeOf(handle),
      handle.stat({ bigint: true }),
      ...directories.map(placeOfDirectory),
    ]);
    if (place === undefined || !status.isFile()) return undefined;
    if (!inside.some((directory) => directory !== undefined && isInside(place, directory))) return undefined;
    const file = new SharedFile(place, handle, status);
    // Of a file that has lost its name, the kernel tells the last one, with a remark behind it.
    return (await file.isStillThere()) ? file : undefined;
  }

  /** Whether the path, followed now and without any symlink, leads to this file. */
  async isStillThere(): Promise<boolean> {
    const isThere = await withPath(this.path, constants.O_NOFOLLOW, async (handle) => {
      const [place, status] = await Promise.all([placeOf(handle), handle.stat({ bigint: true })]);
      return place === this.path && status.dev === this.status.dev && status.ino === this.status.ino;
    });
    return isThere ?? false;
  }

  async close(): Promise<void> {
    SharedFile.#held--;
    await this.handle.close();
  }
}
