// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SharedFile } from './shared-file.js';
import { openBelow } from './open-below.js';

let root = '';
const outside = (...names: string[]): string => join(root, ...names);
const shared = (...names: string[]): string => join(root, 'shared', ...names);

async function opened(path: string, directories = [shared()]): Promise<SharedFile> {
  const file = await SharedFile.open(path, directories);
  if (!file) throw new Error(`${path} is not a shared file`);
  return file;
}

/** The path of the file, if it may be passed on. */
async function pathOf(path: string, directories = [shared()]): Promise<string | undefined> {
  const file = await SharedFile.open(path, directories);
  await file?.close();
  return file?.path;
}

beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'shared-file-')));
  for (const folder of ['shared/folder', 'elsewhere']) fs.mkdirSync(outside(folder), { recursive: true });
  for (const file of ['shared/a', 'shared/folder/a', 'elsewhere/a', 'secret']) fs.writeFileSync(outside(file), file);
});
afterEach(() => fs.rmSync(root, { recursive: true }));

describe('a shared file', () => {
  it('is passed on by its path in the kernel, whatever links led there', async () => {
    fs.symlinkSync(shared('folder'), shared('link'));
    expect(await pathOf(shared('link', '..', 'a'))).toBe(shared('a'));
    expect(await pathOf(shared('link', 'a'))).toBe(shared('folder', 'a'));
    fs.symlinkSync(shared(), outside('alias'));
    expect(await pathOf(outside('alias', 'a'), [outside('alias')])).toBe(shared('a'));
    expect(await pathOf('/etc/passwd', ['/'])).toBe('/etc/passwd');
  });

  it('is accepted when it has hard links', async () => {
    fs.linkSync(outside('secret'), shared('hard'));
    expect(await pathOf(shared('hard'))).toBe(shared('hard'));
    expect(await pathOf(outside('secret'))).toBeUndefined();
  });

  it('is not reached by a symlink that leads out of the directory', async () => {
    fs.symlinkSync(outside('secret'), shared('out'));
    fs.symlinkSync(outside('elsewhere'), shared('door'));
    fs.symlinkSync('loop', shared('loop'));
    for (const path of ['out', 'door/a', '../secret', 'folder/../../secret', 'loop'])
      expect(await pathOf(`${shared()}/${path}`)).toBeUndefined();
  });

  it('is accepted only when it is a regular file; other files are not opened', async () => {
    execFileSync('mkfifo', [shared('fifo')]);
    const server = createServer().listen(shared('socket'));
    await once(server, 'listening');
    for (const path of [shared('fifo'), shared('socket'), shared('folder'), shared('a/'), shared('none')])
      expect(await pathOf(path)).toBeUndefined();
    // Opening the FIFO for reading would block.
    expect(() => fs.openSync(shared('fifo'), fs.constants.O_WRONLY | fs.constants.O_NONBLOCK)).toThrow('ENXIO');
    server.close();
    for (const device of ['/dev/null', '/dev/tty']) expect(await pathOf(device, ['/dev'])).toBeUndefined();
  });

  it('is rejected when its name is not UTF-8', async () => {
    const name = Buffer.from(`${shared()}/\xff`, 'latin1');
    fs.writeFileSync(name, '');
    fs.symlinkSync(name, shared('link'));
    fs.writeFileSync(shared('\ufffd'), '');
    expect(await pathOf(shared('link'))).toBeUndefined();
    expect(await pathOf(shared('\ufffd'))).toBe(shared('\ufffd'));
    fs.writeFileSync(shared('bücher \n"$HOME"'), '');
    expect(await pathOf(shared('bücher \n"$HOME"'))).toBe(shared('bücher \n"$HOME"'));
  });

  it('is rejected when its path is longer than 4095 bytes', async () => {
    const path = (length: number) => `${shared()}/${'/'.repeat(length - shared().length - 2)}a`;
    expect(await pathOf(path(4095))).toBe(shared('a'));
    expect(await pathOf(path(4096))).toBeUndefined();
  });

  it('is rejected when it was deleted, even when another file is at its last path', async () => {
    fs.writeFileSync(shared('b'), '');
    const descriptor = fs.openSync(shared('b'), 'r');
    fs.symlinkSync(`/proc/self/fd/${descriptor}`, shared('magic'));
    expect(await pathOf(shared('magic'))).toBe(shared('b'));
    fs.rmSync(shared('b'));
    expect(await pathOf(shared('magic'))).toBeUndefined();
    fs.writeFileSync(shared('b (deleted)'), '');
    expect(await pathOf(shared('magic'))).toBeUndefined();
    fs.closeSync(descriptor);
  });
});

describe('a shared file that has been replaced', () => {
  const swaps: Record<string, () => void> = {
    'when a symlink is at its path': () => {
      fs.rmSync(shared('folder', 'a'));
      fs.symlinkSync(outside('secret'), shared('folder', 'a'));
    },
    'when another file is at its path, even with the same content': () => {
      fs.writeFileSync(shared('b'), 'shared/folder/a');
      fs.renameSync(shared('b'), shared('folder', 'a'));
    },
    'when a file from outside is at its path': () => fs.renameSync(outside('secret'), shared('folder', 'a')),
    'when a directory on the way has become a symlink': () => {
      fs.renameSync(shared('folder'), outside('folder'));
      fs.symlinkSync(outside('elsewhere'), shared('folder'));
    },
    'when a directory on the way has become a symlink that leads to the same file': () => {
      fs.renameSync(shared('folder'), outside('folder'));
      fs.symlinkSync(outside('folder'), shared('folder'));
    },
    'when the shared directory has become a symlink': () => {
      fs.renameSync(shared(), outside('old'));
      fs.symlinkSync(outside('old'), shared());
    },
    'when a FIFO is at its path': () => {
      fs.rmSync(shared('folder', 'a'));
      execFileSync('mkfifo', [shared('folder', 'a')]);
    },
    'when it was renamed': () => fs.renameSync(shared('folder', 'a'), shared('b')),
    'when it was deleted': () => fs.rmSync(shared('folder', 'a')),
  };

  it.each(Object.entries(swaps))('is detected %s', async (_, swap) => {
    const file = await opened(shared('folder', 'a'));
    expect(await file.isStillThere()).toBe(true);
    swap();
    expect(await file.isStillThere()).toBe(false);
    await file.close();
  });

  it('counts a new file of the same path as another file', async () => {
    const file = await opened(shared('a'));
    for (let n = 0; n < 100; n++) {
      fs.rmSync(shared('a'));
      fs.writeFileSync(shared('a'), '');
      expect(await file.isStillThere()).toBe(false);
    }
    await file.close();
  });
});

describe('shared files that are held open', () => {
  it('are limited in number, and all are closed', async () => {
    const files = await Promise.all(Array.from({ length: 512 }, () => opened(shared('a'))));
    await expect(SharedFile.open(shared('a'), [shared()])).rejects.toMatchObject({ reason: 'RESOURCE_EXHAUSTED' });
    expect(openBelow(root)).toBe(512);
    await Promise.all(files.map((file) => file.close()));
    for (let n = 0; n < 600; n++) expect(await pathOf(outside('secret'))).toBeUndefined();
    for (let n = 0; n < 600; n++) expect(await pathOf(shared('none'))).toBeUndefined();
    expect(await pathOf(shared('a'))).toBe(shared('a'));
    expect(openBelow(root)).toBe(0);
  });
});
