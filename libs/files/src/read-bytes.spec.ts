// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBytes } from './read-bytes.js';

describe('a file that a daemon reads', () => {
  let folder: string;
  const at = (name: string) => join(folder, name);
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'givc-read-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is read as a whole, also by a symlink and when its size is unknown', () => {
    const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i % 251));
    writeFileSync(at('file'), bytes);
    symlinkSync('file', at('link'));
    expect(readBytes(at('link')).equals(bytes)).toBe(true);
    expect(readBytes('/proc/sys/kernel/ostype').toString()).toBe('Linux\n');
    expect(readBytes('/dev/null')).toHaveLength(0);
  });

  it('is rejected when it is a named pipe, whose writer may never come', () => {
    execFileSync('mkfifo', [at('pipe')]);
    symlinkSync('pipe', at('link'));
    expect(() => readBytes(at('pipe'))).toThrow('it is a named pipe: expected a file');
    expect(() => readBytes(at('link'))).toThrow('it is a named pipe: expected a file');
  });

  it('has at most 64 MiB, also when it is a device without an end', () => {
    writeFileSync(at('huge'), '');
    truncateSync(at('huge'), 2 ** 40);
    expect(() => readBytes(at('huge'))).toThrow('it is too long: expected at most 67108864 bytes');
    symlinkSync('/dev/zero', at('endless'));
    expect(() => readBytes(at('endless'))).toThrow('it is too long: expected at most 67108864 bytes');
  });

  it('is no folder, and no symlink to itself', () => {
    mkdirSync(at('folder'));
    symlinkSync('loop', at('loop'));
    expect(() => readBytes(at('folder'))).toThrow('EISDIR');
    expect(() => readBytes(at('loop'))).toThrow('ELOOP');
    expect(() => readBytes(at('gone'))).toThrow('ENOENT');
  });
});
