// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkDisk, checkFolder, checkKeyFile } from './files.js';

describe('the check', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-checks-'));
  });
  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  it.each([
    [0o600, 'ok', 'is open to its owner alone (mode 0600)'],
    [0o400, 'ok', 'is open to its owner alone (mode 0400)'],
    [0o640, 'warning', 'is open to its group (mode 0640)'],
    [0o604, 'failure', 'is open to all users (mode 0604)'],
  ])('of a key with the mode %o is %s: %s', async (mode, state, message) => {
    const key = join(folder, 'key.pem');
    writeFileSync(key, '');
    chmodSync(key, mode);
    expect(await checkKeyFile(key)).toMatchObject({ id: 'key-permissions', subject: key, state, message });
  });

  it('of a key that is missing is a failure', async () => {
    expect(await checkKeyFile(join(folder, 'gone'))).toMatchObject({
      state: 'failure',
      message: expect.stringContaining('ENOENT'),
    });
  });

  it.each([
    ['a folder of its own', 0o700, 'ok', 'can be written'],
    ['a folder that others can change', 0o777, 'warning', 'can be changed by other users'],
    ['a folder like /tmp', 0o1777, 'ok', 'can be written'],
  ])('of %s with the mode %o is %s: %s', async (_, mode, state, message) => {
    const path = join(folder, 'state');
    mkdirSync(path);
    chmodSync(path, mode);
    expect(await checkFolder('state-directory', path, 'STATE_DIRECTORY')).toMatchObject({
      subject: path,
      state,
      message,
    });
  });

  it.each([
    [{ bavail: 1_000_000, blocks: 10_000_000 }, 'ok', 'has 3906 MiB left'],
    [{ bavail: 10_000, blocks: 10_000_000 }, 'warning', 'has 39 MiB left'],
    // A small disk with much of it left.
    [{ bavail: 10_000, blocks: 20_000 }, 'ok', 'has 39 MiB left'],
    [{ bavail: 10, blocks: 10_000_000 }, 'failure', 'has 0 MiB left'],
    [{ bavail: 1_000_000, blocks: 10_000_000, files: 9, ffree: 0 }, 'failure', 'has no inodes left'],
  ])('of a disk with %j is %s: %s', async (space, state, message) => {
    jest.spyOn(fs, 'statfs').mockResolvedValue({ bsize: 4096, files: 0, ffree: 0, ...space } as never);
    expect(await checkDisk(folder)).toMatchObject([{ id: 'disk-space', subject: folder, state, message }]);
  });

  it('of the disk of a folder that is missing has no result, because the check of the folder has one', async () => {
    expect(await checkDisk(join(folder, 'gone'))).toEqual([]);
  });
});
