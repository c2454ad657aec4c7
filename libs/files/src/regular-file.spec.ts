// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRegular, sha256Of } from './regular-file.js';

describe('a regular file', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'regular-file-'));
    path = join(folder, 'file');
    writeFileSync(path, 'abc');
  });
  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  it('is opened when it is not larger than the limit', async () => {
    const handle = await openRegular(path, 3);
    expect(await handle!.readFile('utf8')).toBe('abc');
    await handle!.close();
    expect(await openRegular(path, 2)).toBeUndefined();
  });

  it('is not opened when it is a folder, a symlink or missing', async () => {
    symlinkSync(path, join(folder, 'link'));
    for (const other of [folder, join(folder, 'link'), join(folder, 'none')])
      expect(await openRegular(other, 3)).toBeUndefined();
  });

  it('is hashed by its content', async () => {
    expect(await sha256Of(path, 3)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(await sha256Of(path, 2)).toBeUndefined();
  });

  describe('that is rejected', () => {
    /** proc_pid_fd(5). */
    const openFiles = () =>
      readdirSync('/proc/self/fd')
        .map((descriptor) => readlinkOf(`/proc/self/fd/${descriptor}`))
        .filter((target) => target.startsWith(folder));

    it('is closed because it is too large', async () => {
      const handle = await openRegular(path, 3);
      expect(openFiles()).toEqual([path]);
      await handle!.close();
      await openRegular(path, 2);
      expect(openFiles()).toEqual([]);
    });

    it('is closed when its status cannot be read', async () => {
      const sample = await open(path);
      await sample.close();
      jest.spyOn(Object.getPrototypeOf(sample) as FileHandle, 'stat').mockRejectedValue(new Error('EIO'));
      await expect(openRegular(path, 3)).rejects.toThrow('EIO');
      expect(openFiles()).toEqual([]);
    });
  });
});

/** Empty for a descriptor that has been closed meanwhile. */
function readlinkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
