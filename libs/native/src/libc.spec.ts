// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { closeSync, openSync, readlinkSync, unlinkSync } from 'node:fs';
import { loadLibc } from './libc.js';
import { SystemCallError } from './system-call-error.js';

function thrownBy(action: () => unknown): NodeJS.ErrnoException {
  try {
    action();
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
  throw new Error('it threw nothing');
}

const open = () => openSync('/proc/self/status', 'r');

describe('a function of libc', () => {
  it('accepts numbers and returns a number', async () => {
    const dup3 = (await loadLibc()).declare<[from: number, to: number, flags: number]>(
      'int dup3(int from, int to, int flags)',
    );
    const [from, to] = [openSync('/proc/self/stat', 'r'), open()];
    expect(dup3(from, to, 0o2000000)).toBe(to);
    expect(readlinkSync(`/proc/self/fd/${to}`)).toBe(`/proc/${process.pid}/stat`);
    closeSync(from);
    closeSync(to);
  });

  it('fills a buffer', async () => {
    const uname = (await loadLibc()).declare<[name: Buffer]>('int uname(void *name)');
    const name = Buffer.alloc(6 * 65);
    uname(name);
    expect(name.toString('latin1', 0, 5)).toBe('Linux');
  });

  it('throws an error like those of Node when it fails', async () => {
    const unlink = (await loadLibc()).declare<[path: Buffer]>('int unlink(void *path)');
    const path = '/nonexistent/file';
    const ofNode = thrownBy(() => unlinkSync(path));
    expect(thrownBy(() => unlink(Buffer.from(`${path}\0`)))).toMatchObject({
      ...{ code: ofNode.code, errno: ofNode.errno, syscall: ofNode.syscall },
      message: ofNode.message.replace(` '${path}'`, ''),
    });
  });

  it('throws errors that have no name in Node with their number', () => {
    expect(new SystemCallError('ioctl', 132)).toMatchObject({ code: 'E132', message: 'E132: error 132, ioctl' });
  });
});

describe('koffi', () => {
  afterEach(() => {
    jest.resetModules();
    jest.dontMock('koffi');
  });

  it('is loaded only when libc is requested', async () => {
    let isLoaded = false;
    jest.doMock('koffi', () => {
      isLoaded = true;
      return jest.requireActual<object>('koffi');
    });
    await jest.isolateModulesAsync(async () => {
      const fresh = await import('./libc.js');
      expect(isLoaded).toBe(false);
      await fresh.loadLibc();
      expect(isLoaded).toBe(true);
    });
  });

  it('is named in a one-line error when it is not installed', async () => {
    jest.doMock('koffi', () => {
      throw new Error("Cannot find module 'koffi'\nRequire stack:\n- /a");
    });
    await jest.isolateModulesAsync(async () => {
      const fresh = await import('./libc.js');
      await expect(fresh.loadLibc()).rejects.toMatchObject({
        reason: 'FAILED_PRECONDITION',
        message: 'vsock and input devices need the package "koffi", which is not there: Cannot find module \'koffi\'',
      });
    });
  });
});
