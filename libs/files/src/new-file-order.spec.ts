// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync } from 'node:fs';
import type * as promises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NewFile } from './new-file.js';

const fs = jest.requireActual<typeof promises>('node:fs/promises');

describe('a file that is replaced as a whole', () => {
  const folder = mkdtempSync(join(tmpdir(), 'givc-files-'));

  afterEach(() => jest.restoreAllMocks());
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The calls that matter after a power failure, in order. */
  async function callsOf(act: () => Promise<void>): Promise<string[]> {
    const calls: string[] = [];
    const { open, rename } = fs;
    jest.spyOn(fs, 'open').mockImplementation(async (...args) => {
      const handle = await open(...args);
      const what = args[0] === folder ? 'folder' : 'file';
      for (const name of ['write', 'sync', 'close'] as const) {
        const call = handle[name].bind(handle) as (...given: unknown[]) => unknown;
        Object.defineProperty(handle, name, {
          value: (...given: unknown[]) => {
            calls.push(`${name} ${what}`);
            return call(...given);
          },
        });
      }
      return handle;
    });
    jest.spyOn(fs, 'rename').mockImplementation((...args) => {
      calls.push('rename');
      return rename(...args);
    });
    await act();
    return calls;
  }

  it('is on the disk before it gets its name, and its name before the write resolves (fsync(2))', async () => {
    const calls = await callsOf(() => NewFile.replaceBy(join(folder, 'registry.json'), 'new'));
    expect(calls).toEqual([
      ...['write file', 'sync file', 'close file', 'rename', 'sync folder', 'close folder'],
      // The second call has nothing to discard.
      'close file',
    ]);
  });
});
