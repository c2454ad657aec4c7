// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log } from '@givc/log';
import { GivcError } from '@givc/model';
import { LiveFiles } from './live-files.js';

describe('followed files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'givc-'));
  const path = join(folder, 'rules');
  let lines: string[];
  let loaded: string;
  let files: LiveFiles;
  let wake: () => void;

  const load = (): boolean => {
    const text = readFileSync(path, 'utf8');
    if (text.startsWith('broken')) throw new GivcError('INVALID_ARGUMENT', text);
    const isNew = text !== loaded;
    loaded = text;
    return isNew;
  };
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise<void>((resolve) => (wake = resolve));
  };

  beforeEach(() => {
    lines = [];
    wake = () => undefined;
    rmSync(path, { force: true });
    writeFileSync(path, (loaded = 'one'));
    const log = new Log(
      'info',
      (line) => {
        lines.push(line.trimEnd());
        wake();
      },
      false,
    );
    files = new LiveFiles('the rules', [path], load, log);
    files.start();
  });
  afterEach(() => files.close());
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are read again when they are written or replaced', async () => {
    writeFileSync(path, 'two');
    await until(() => loaded === 'two');
    writeFileSync(`${path}.new`, 'three');
    renameSync(`${path}.new`, path);
    await until(() => loaded === 'three');
    expect(lines).toEqual(['info: the rules reloaded', 'info: the rules reloaded']);
  });

  it('are followed to the target of a symlink, even when that changes', async () => {
    for (const name of ['a', 'b']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'target'), `in ${name}`);
    }
    rmSync(path);
    symlinkSync('a/target', path);
    await until(() => loaded === 'in a');
    writeFileSync(join(folder, 'a', 'target'), 'changed in a');
    await until(() => loaded === 'changed in a');
    symlinkSync('b/target', `${path}.new`);
    renameSync(`${path}.new`, path);
    await until(() => loaded === 'in b');
  });

  it('keep their loaded version when they are broken, which is logged once for each mistake', async () => {
    for (const text of ['broken 1', 'broken 1', 'broken 2']) {
      writeFileSync(path, text);
      files.reload();
    }
    expect(loaded).toBe('one');
    expect(lines).toEqual([
      'error: the rules not reloaded, the previous version stays in use error="broken 1"',
      'error: the rules not reloaded, the previous version stays in use error="broken 2"',
    ]);
    writeFileSync(path, 'mended');
    await until(() => loaded === 'mended');
  });

  it('are not logged when a reload finds no change', () => {
    files.reload();
    expect(lines).toEqual([]);
  });

  it('return what a reload has changed or kept, and have the problem until they are read again', () => {
    const problems: (string | undefined)[] = [];
    files.onProblem(() => problems.push(files.problem));
    writeFileSync(path, 'two');
    expect(files.reload()).toEqual({ changed: ['the rules'] });
    expect(files.reload()).toEqual({});
    for (const text of ['broken 1', 'broken 1', 'broken 2', 'two']) {
      writeFileSync(path, text);
      expect(files.reload()).toEqual(text === 'two' ? {} : { kept: ['the rules'] });
    }
    expect(problems).toStrictEqual(['the rules not reloaded: broken 1', 'the rules not reloaded: broken 2', undefined]);
  });

  it('are no longer followed once they are closed', async () => {
    files.close();
    writeFileSync(path, 'later');
    const other = new LiveFiles('the others', [path], () => true, new Log('info', () => wake(), false));
    other.start();
    writeFileSync(path, 'later still');
    await new Promise<void>((resolve) => (wake = resolve));
    other.close();
    expect(loaded).toBe('one');
  });
});
