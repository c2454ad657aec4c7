// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type * as promises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from './make-folder.js';

const fs = jest.requireActual<typeof promises>('node:fs/promises');
const fail = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));

describe('a new folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-files-'));
  });
  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  it('is created with its mode, and with missing folders above it', async () => {
    await makeFolder(join(folder, 'a/b'), 0o700);
    expect(statSync(join(folder, 'a/b')).mode & 0o777).toBe(0o700);
    await makeFolder(join(folder, 'a/b'));
  });

  it('cannot be created below a file', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(makeFolder(join(folder, 'file/b'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it('fails with the read-only file system as the reason, although Node.js reports ENOENT', async () => {
    mkdirSync(join(folder, 'a'));
    const asked: string[] = [];
    jest.spyOn(fs, 'mkdir').mockImplementation((path, options) => {
      asked.push(String(path));
      return fail((options as { recursive?: boolean }).recursive ? 'ENOENT' : 'EROFS');
    });
    await expect(makeFolder(join(folder, 'a/b/c'))).rejects.toMatchObject({ code: 'EROFS' });
    expect(asked).toEqual([join(folder, 'a/b/c'), join(folder, 'a/b')]);
  });
});
