// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from './authority.js';
import { parseImageSize, writeImage } from './image.js';
import { keyTypes } from './key-type.js';
import { writeCertificates } from './write-certificates.js';

const authority = createAuthority({ keyType: 'rsa' });
let root = '';
let folder = '';
let image = '';
beforeAll(() => void (root = mkdtempSync(join(tmpdir(), 'givc-image-'))));
beforeEach(async () => {
  const place = mkdtempSync(join(root, 'case-'));
  folder = join(place, 'net-vm');
  image = join(place, 'net-vm.img');
  await writeCertificates(folder, authority, authority.issue({ name: 'net-vm', addresses: [] }));
});
afterAll(() => rmSync(root, { recursive: true }));

const run = (program: string, ...args: string[]) => {
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
  const { stdout, status } = spawnSync(program, args, { env, encoding: 'utf8' });
  return { stdout, status };
};
const options = { name: 'net-vm', size: 1024 * 1024 };

describe('an image', () => {
  it('contains the three files, owned by root, in a valid file system without a journal', async () => {
    // As if the files came from another authority.
    if (process.getuid?.() === 0) for (const file of readdirSync(folder)) chownSync(join(folder, file), 1234, 1234);
    await writeImage(image, folder, options);
    const entries = run('debugfs', '-R', 'ls -l /', image)
      .stdout.split('\n')
      .map((line) => /^ +\d+ +(\d+) \(1\) +(\d+) +(\d+) .* (\S+) *$/.exec(line)?.slice(1).join(' '));
    expect(entries.filter(Boolean)).toEqual(['100644 0 0 ca-cert.pem', '100644 0 0 cert.pem', '100600 0 0 key.pem']);
    for (const file of ['ca-cert.pem', 'cert.pem', 'key.pem'])
      expect(run('debugfs', '-R', `cat /${file}`, image).stdout).toBe(readFileSync(join(folder, file), 'utf8'));
    expect(run('e2fsck', '-fn', image).status).toBe(0);
    expect(run('dumpe2fs', '-h', image).stdout).not.toContain('has_journal');
  });

  it('has the requested size, and can only be read by its owner', async () => {
    await writeImage(image, folder, options);
    expect(statSync(image)).toMatchObject({ size: options.size, mode: 0o100600 });
    expect(readdirSync(join(image, '..')).toSorted()).toEqual(['net-vm', 'net-vm.img']);
  });

  it('is identical for the same files, and then not replaced', async () => {
    await writeImage(image, folder, options);
    const { ino } = statSync(image);
    const bytes = readFileSync(image);
    await writeImage(image, folder, options);
    expect(statSync(image).ino).toBe(ino);
    rmSync(image);
    await writeImage(image, folder, options);
    expect(readFileSync(image).equals(bytes)).toBe(true);
  });

  it('is replaced when its files have changed', async () => {
    await writeImage(image, folder, options);
    await writeCertificates(folder, authority, authority.issue({ name: 'net-vm', addresses: [] }));
    await writeImage(image, folder, options);
    expect(run('debugfs', '-R', 'cat /key.pem', image).stdout).toBe(readFileSync(join(folder, 'key.pem'), 'utf8'));
  });

  it('replaces nothing but an image of the same machine, unless it is forced', async () => {
    writeFileSync(image, 'precious');
    await expect(writeImage(image, folder, options)).rejects.toThrow(
      `${image} is not an image of the certificates of net-vm; with --force`,
    );
    expect(readFileSync(image, 'utf8')).toBe('precious');
    await writeImage(image, folder, { ...options, force: true });
    await expect(writeImage(image, folder, { ...options, name: 'gui-vm' })).rejects.toThrow('not an image of the cert');
  });

  it('has space for the largest keys in the smallest size', async () => {
    const size = parseImageSize('size', '256K');
    for (const keyType of keyTypes) {
      const addresses = Array.from({ length: 100 }, (_, at) => `fd00::${at}`);
      await writeCertificates(folder, authority, authority.issue({ name: 'net-vm', addresses, keyType }));
      await writeImage(image, folder, { ...options, size });
      expect(run('e2fsck', '-fn', image).status).toBe(0);
    }
  });

  it('fails with one line that names a missing program, and leaves nothing behind', async () => {
    const before = readdirSync(join(image, '..'));
    await expect(writeImage(image, folder, { ...options, searchPath: '/nonexistent' })).rejects.toThrow(
      /^mkfs.ext4 is missing: install e2fsprogs$/,
    );
    expect(readdirSync(join(image, '..'))).toEqual(before);
  });
});

describe('the size of an image', () => {
  it.each([
    ['1M', 1048576],
    ['256K', 262144],
    ['1048576', 1048576],
    [1048576, 1048576],
  ])('is parsed from %j as %i bytes', (text, bytes) => {
    expect(parseImageSize('size', text)).toBe(bytes);
  });

  it.each(['', 'M', '1G', '1.5M', '255K', '65M', '1048577', '-1M', '99999999999'])(
    'rejects the image size %j',
    (text) => {
      expect(() => parseImageSize('size', text)).toThrow(/^size: invalid image size .*: expected 256K/);
    },
  );
});
