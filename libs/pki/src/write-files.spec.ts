// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFiles } from './write-files.js';

describe('files that are written together', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'write-files-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('have their modes, in a new folder with its own mode', async () => {
    const made = join(folder, 'a', 'b');
    await writeFiles(
      made,
      [
        { name: 'key', content: 'secret', mode: 0o600 },
        { name: 'cert', content: Buffer.from('public'), mode: 0o644 },
      ],
      0o700,
    );
    expect(readdirSync(made).toSorted()).toEqual(['cert', 'key']);
    expect(['key', 'cert', ''].map((name) => (statSync(join(made, name)).mode & 0o777).toString(8))).toEqual([
      '600',
      '644',
      '700',
    ]);
    expect(readFileSync(join(made, 'cert'), 'utf8')).toBe('public');
  });

  it('are all unchanged when one of them cannot be written, and no temporary file is left', async () => {
    writeFileSync(join(folder, 'key'), 'old');
    const files = ['key', 'x'.repeat(255)].map((name) => ({ name, content: 'new', mode: 0o600 }));
    await expect(writeFiles(folder, files)).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringMatching(/^cannot write .*: name too long|ENAMETOOLONG/) as string,
    });
    expect(readdirSync(folder)).toEqual(['key']);
    expect(readFileSync(join(folder, 'key'), 'utf8')).toBe('old');
  });
});
