import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NewFile, removeLeftovers, setAside } from './new-file.js';
import { openRegular, sha256Of } from './regular-file.js';

describe('a file that is replaced as a whole', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-files-'));
    path = join(folder, 'rules.json');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is the old one until the new one is complete', async () => {
    writeFileSync(path, 'old');
    const file = await NewFile.create(path);
    await file.write(Buffer.from('new'));
    await file.finish();
    expect(readFileSync(path, 'utf8')).toBe('old');
    await file.replace();
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['rules.json']);
  });

  it('stays as it was, with nothing beside it, when the new one is discarded', async () => {
    writeFileSync(path, 'old');
    const file = await NewFile.create(path);
    await file.write(Buffer.from('half'));
    await file.discard();
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['rules.json']);
  });

  it('takes the place of a symlink, and leaves alone where that led', async () => {
    writeFileSync(join(folder, 'precious'), 'precious');
    symlinkSync('precious', path);
    await NewFile.replaceBy(path, 'new');
    expect(lstatSync(path).isSymbolicLink()).toBe(false);
    expect(readFileSync(join(folder, 'precious'), 'utf8')).toBe('precious');
  });

  it('is refused with its path where a folder is in the way', async () => {
    mkdirSync(join(path, 'inside'), { recursive: true });
    await expect(NewFile.replaceBy(path, 'new')).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringContaining(path),
    });
    expect(readdirSync(folder)).toEqual(['rules.json']);
  });

  it('fails with the same message each time for the same reason', async () => {
    const missing = join(folder, 'missing', 'rules.json');
    const message = `cannot write ${missing}: ENOENT: no such file or directory`;
    for (const text of ['one', 'two'])
      await expect(NewFile.replaceBy(missing, text)).rejects.toMatchObject({ message });
  });

  it('loses what a killed process left beside it, and no other file', async () => {
    for (const name of ['.rules.json.0123456789ab.new', '.other.json.0123456789ab.new', '.rules.json.backup.new'])
      writeFileSync(join(folder, name), '');
    await removeLeftovers(path);
    expect(readdirSync(folder).sort()).toEqual(['.other.json.0123456789ab.new', '.rules.json.backup.new']);
  });

  it('is set aside under a name that says why', async () => {
    writeFileSync(path, '{');
    expect(await setAside(path)).toBe(`${path}.damaged`);
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
  ])('is not %s', async (_, place, maxBytes) => {
    expect(await openRegular(place, maxBytes)).toBeUndefined();
    expect(await sha256Of(place, maxBytes)).toBeUndefined();
  });
});
