// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  chmodSync,
  closeSync,
  fstatSync,
  lstatSync,
  openSync,
  statSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type * as promises from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NewFile, removeLeftovers, setAside } from './new-file.js';
import { openRegular, sha256Of } from './regular-file.js';

const fs = jest.requireActual<typeof promises>('node:fs/promises');

describe('a file that is replaced as a whole', () => {
  let folder: string;
  let path: string;

  /** The files that were opened, in order. */
  let handles: FileHandle[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-files-'));
    path = join(folder, 'rules.json');
    handles = [];
    const { open } = fs;
    jest.spyOn(fs, 'open').mockImplementation(async (...args) => {
      handles.push(await open(...args));
      return handles.at(-1)!;
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has the old content until the new content is complete', async () => {
    writeFileSync(path, 'old');
    const file = await NewFile.create(path);
    await file.write(Buffer.from('new'));
    await file.finish();
    expect(readFileSync(path, 'utf8')).toBe('old');
    await file.replace();
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['rules.json']);
  });

  it('stays unchanged, without a temporary file, when the new one is discarded', async () => {
    writeFileSync(path, 'old');
    const file = await NewFile.create(path);
    await file.write(Buffer.from('half'));
    await file.discard();
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['rules.json']);
  });

  it('has the requested mode, by default 0644, not that of the old file', async () => {
    writeFileSync(path, 'old', { mode: 0o666 });
    chmodSync(path, 0o666);
    await NewFile.replaceBy(path, 'new', { mode: 0o600 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await NewFile.replaceBy(path, 'newer');
    expect(statSync(path).mode & 0o777).toBe(0o644 & ~process.umask());
  });

  it('is a different file each time, so that readers of the old one can finish', async () => {
    writeFileSync(path, 'old');
    const old = openSync(path, 'r');
    await NewFile.replaceBy(path, 'new');
    expect(statSync(path).ino).not.toBe(fstatSync(old).ino);
    expect(readFileSync(old, 'utf8')).toBe('old');
    closeSync(old);
  });

  it('is created in a missing folder only if that was requested', async () => {
    const below = join(folder, 'a', 'b', 'rules.json');
    await expect(NewFile.replaceBy(below, 'new')).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
    await NewFile.replaceBy(below, 'new', { makeFolder: true });
    expect(readFileSync(below, 'utf8')).toBe('new');
  });

  it('contains all written bytes, even when the disk accepts few at a time', async () => {
    const file = await NewFile.create(path);
    const [handle] = handles;
    const write = handle!.write.bind(handle);
    handle!.write = ((bytes: Uint8Array, at: number) => write(bytes, at, 1)) as unknown as FileHandle['write'];
    await file.write(Buffer.from('bytes'));
    await file.finish();
    await file.replace();
    expect(readFileSync(path, 'utf8')).toBe('bytes');
  });

  it.each([
    ['ENOSPC', 'RESOURCE_EXHAUSTED'],
    ['EDQUOT', 'RESOURCE_EXHAUSTED'],
    ['EFBIG', 'RESOURCE_EXHAUSTED'],
    ['EIO', 'FAILED_PRECONDITION'],
  ])('stays unchanged when the disk fails with %s, which is reported as %s', async (code, reason) => {
    writeFileSync(path, 'old');
    const error = Object.assign(new Error(`${code}: it failed`), { code });
    for (const call of ['write', 'sync'] as const) {
      const file = await NewFile.create(path);
      jest.spyOn(handles.at(-1)!, call).mockRejectedValue(error);
      const failure = call === 'write' ? file.write(Buffer.from('new')) : file.finish();
      await expect(failure).rejects.toMatchObject({ reason, message: `cannot write ${path}: ${code}: it failed` });
      await file.discard();
    }
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['rules.json']);
  });

  it('replaces a symlink, but not its target', async () => {
    writeFileSync(join(folder, 'precious'), 'precious');
    symlinkSync('precious', path);
    await NewFile.replaceBy(path, 'new');
    expect(lstatSync(path).isSymbolicLink()).toBe(false);
    expect(readFileSync(join(folder, 'precious'), 'utf8')).toBe('precious');
  });

  it('is not replaced when a folder is in the way, and the error has its path', async () => {
    mkdirSync(join(path, 'inside'), { recursive: true });
    await expect(NewFile.replaceBy(path, 'new')).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringContaining(path),
    });
    expect(readdirSync(folder)).toEqual(['rules.json']);
  });

  it('is not replaced with the same message each time for the same reason', async () => {
    const missing = join(folder, 'missing', 'rules.json');
    const message = `cannot write ${missing}: ENOENT: no such file or directory`;
    for (const text of ['one', 'two'])
      await expect(NewFile.replaceBy(missing, text)).rejects.toMatchObject({ message });
  });

  it('removes temporary files of a killed process, and no other file', async () => {
    for (const name of ['.rules.json.0123456789ab.new', '.other.json.0123456789ab.new', '.rules.json.backup.new'])
      writeFileSync(join(folder, name), '');
    await removeLeftovers(path);
    expect(readdirSync(folder).sort()).toEqual(['.other.json.0123456789ab.new', '.rules.json.backup.new']);
  });

  it('is set aside under a name that contains the reason', () => {
    writeFileSync(path, '{');
    expect(setAside(path)).toBe(`${path}.damaged`);
    expect(readdirSync(folder)).toEqual(['rules.json.damaged']);
  });
});

describe('a regular file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'givc-files-'));
  const path = join(folder, 'abc');
  writeFileSync(path, 'abc');
  symlinkSync('abc', join(folder, 'link'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is hashed by SHA-256', async () => {
    expect(await sha256Of(path, 3)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it.each([
    ['a symlink', join(folder, 'link'), 3],
    ['a folder', folder, 9999],
    ['a larger one', path, 2],
    ['a missing one', join(folder, 'missing'), 3],
  ])('is not read when it is %s', async (_, place, maxBytes) => {
    expect(await openRegular(place, maxBytes)).toBeUndefined();
    expect(await sha256Of(place, maxBytes)).toBeUndefined();
  });
});
