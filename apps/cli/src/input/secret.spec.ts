// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { readSecret } from './secret.js';

describe('a secret', () => {
  let folder: string;
  let stdin: PassThrough;
  let shown: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-secret-'));
    stdin = new PassThrough();
    shown = '';
    jest.spyOn(process, 'stdin', 'get').mockReturnValue(stdin as never);
    const show = (text: unknown) => ((shown += String(text)), true);
    jest.spyOn(process.stderr, 'write').mockImplementation(show);
    jest.spyOn(process.stdout, 'write').mockImplementation(show);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  it('is the first line of a file, or of stdin, without its end', async () => {
    writeFileSync(join(folder, 'a'), ' correct horse \r\nand more');
    expect(await readSecret({ file: join(folder, 'a'), prompt: '' })).toBe(' correct horse ');
    stdin.end('battery staple');
    expect(await readSecret({ fromStdin: true, prompt: '' })).toBe('battery staple');
  });

  it('is empty without a terminal to prompt at', async () => {
    expect(await readSecret({ prompt: 'Password: ' })).toBe('');
    expect(shown).toBe('');
  });

  it('is typed at a terminal, which does not show it', async () => {
    Object.assign(stdin, { isTTY: true });
    const asked = readSecret({ prompt: 'Password: ' });
    stdin.write('open sesamf\x7fe\r');
    expect(await asked).toBe('open sesame');
    expect(shown).toBe('Password: \n');
  });

  it('fails with CANCELLED at Ctrl-C', async () => {
    Object.assign(stdin, { isTTY: true });
    const asked = readSecret({ prompt: 'Password: ' });
    stdin.write('open\x03');
    await expect(asked).rejects.toMatchObject({ reason: 'CANCELLED', message: 'no password was given' });
  });

  it('cannot come from a missing or an endless file', async () => {
    await expect(readSecret({ file: join(folder, 'b'), prompt: '' })).rejects.toThrow('ENOENT');
    stdin.end('x'.repeat(4_097));
    await expect(readSecret({ fromStdin: true, prompt: '' })).rejects.toThrow('too long: expected at most 4096 bytes');
  });
});
