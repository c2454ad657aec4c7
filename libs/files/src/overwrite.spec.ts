// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import * as promises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NewFile } from './new-file.js';

jest.mock('node:fs/promises', () => {
  const actual = jest.requireActual<typeof promises>('node:fs/promises');
  return { ...actual, rename: jest.fn(actual.rename), open: jest.fn(actual.open) };
});

const rejection = (code: string, errno: number) => Object.assign(new Error(code), { code, errno });

/** The lab tests the same with a real bind mount. */
describe('a file that may not be replaced', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-files-'));
    path = join(folder, 'locale.conf');
    writeFileSync(path, 'a longer text than the new one');
  });
  afterEach(() => {
    jest.mocked(promises.open).mockClear();
    rmSync(folder, { recursive: true });
  });

  it('is replaced when that is possible', async () => {
    const { ino } = statSync(path);
    await NewFile.replaceOrOverwrite(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).ino).not.toBe(ino);
  });

  it('is written in place when it is a mount point', async () => {
    const { ino } = statSync(path);
    jest.mocked(promises.rename).mockRejectedValueOnce(rejection('EBUSY', -16));
    await NewFile.replaceOrOverwrite(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).ino).toBe(ino);
    expect(readdirSync(folder)).toEqual(['locale.conf']);
  });

  it('is written in place when its folder is read-only', async () => {
    jest.mocked(promises.open).mockRejectedValueOnce(rejection('EROFS', -30));
    await NewFile.replaceOrOverwrite(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  it('is not changed when there is no space for the new one', async () => {
    jest.mocked(promises.rename).mockRejectedValueOnce(rejection('ENOSPC', -28));
    await expect(NewFile.replaceOrOverwrite(path, 'new')).rejects.toMatchObject({ reason: 'RESOURCE_EXHAUSTED' });
    expect(readFileSync(path, 'utf8')).toBe('a longer text than the new one');
  });

  it('is never written through a symlink', async () => {
    const link = join(folder, 'link');
    symlinkSync('locale.conf', link);
    jest.mocked(promises.rename).mockRejectedValueOnce(rejection('EBUSY', -16));
    await expect(NewFile.replaceOrOverwrite(link, 'new')).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: `cannot write ${link}: EBUSY: resource busy or locked`,
    });
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe('a longer text than the new one');
  });
});
