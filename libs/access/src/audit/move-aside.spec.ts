// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFileSync } from 'node:child_process';
import type * as nodeFs from 'node:fs';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Log } from '@givc/log';
import { FileSink } from './audit-sinks.js';

describe('the rotation of an audit log', () => {
  const fs = jest.requireActual<typeof nodeFs>('node:fs');
  const limits = { bytes: 24, kept: 2 };
  const folder = mkdtempSync(join(tmpdir(), 'givc-'));
  const lines: string[] = [];
  const log = new Log('info', (line) => lines.push(line), false);
  let file: string;
  beforeEach(() => {
    lines.length = 0;
    file = join(mkdtempSync(join(folder, 'rotated-')), 'audit');
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => rmSync(folder, { recursive: true }));

  const open = () => new FileSink(file, log, limits);
  const writeAll = (sink: FileSink, from: number, to: number) => {
    for (let n = from; n <= to; n++) sink.write(`{"n":${n}}`);
  };
  const read = (name = file) => readFileSync(name, 'utf8').replace(/\D+/g, ' ').trim();
  const files = () =>
    readdirSync(dirname(file))
      .sort()
      .map((name) => read(join(dirname(file), name)));
  /** Renaming this file fails. */
  const rejectRename = (from: string, code: string) => {
    const { renameSync } = fs;
    return jest.spyOn(fs, 'renameSync').mockImplementation((source, target) => {
      if (source === from) throw Object.assign(new Error(code), { code });
      renameSync(source, target);
    });
  };

  it('loses only the oldest lines, and each file has complete lines', () => {
    const sink = open();
    writeAll(sink, 1, 9);
    expect(files()).toEqual(['7 8 9', '4 5 6', '1 2 3']);
    writeAll(sink, 10, 13);
    sink.close();
    expect(files()).toEqual(['12 13', '10 11', '7 8 9']);
    expect(statSync(`${file}.1`).mode & 0o777).toBe(0o640 & ~process.umask());
  });

  it('continues where an earlier process has ended', () => {
    for (let n = 1; n <= 8; n++) {
      const sink = open();
      writeAll(sink, n, n);
      sink.close();
    }
    expect(files()).toEqual(['7 8', '4 5 6', '1 2 3']);
  });

  it('writes a line that is longer than a file completely, into a file of its own', () => {
    const sink = open();
    sink.write(`{"n":"${'x'.repeat(50)}1"}`);
    expect(files()).toEqual(['1']);
    sink.write(`{"n":"${'x'.repeat(50)}2"}`);
    writeAll(sink, 3, 3);
    sink.close();
    expect(files()).toEqual(['3', '2', '1']);
  });

  it('writes to a pipe, and to other kinds of files, without renaming them', () => {
    execFileSync('mkfifo', [file]);
    const reader = openSync(file, constants.O_RDWR | constants.O_NONBLOCK);
    const sink = open();
    writeAll(sink, 1, 9);
    sink.close();
    const received = Buffer.alloc(100);
    expect(received.toString('utf8', 0, readSync(reader, received))).toMatch(/^{"n":1}\n[^]*{"n":9}\n$/);
    closeSync(reader);
    expect(readdirSync(dirname(file))).toEqual(['audit']);
  });

  it('does not rotate a file that another program has moved: the next line is in the new file', () => {
    const sink = open();
    writeAll(sink, 1, 3);
    renameSync(file, `${file}.1`);
    writeFileSync(file, '');
    writeAll(sink, 4, 5);
    sink.close();
    expect(files()).toEqual(['4 5', '1 2 3']);
  });

  it('grows while it cannot be renamed, which is logged once, and is rotated once it can be', () => {
    const sink = open();
    writeAll(sink, 1, 9);
    const rejected = rejectRename(file, 'EROFS');
    writeAll(sink, 10, 14);
    expect(files()).toEqual(['7 8 9 10 11 12 13 14', '4 5 6']);
    expect(lines).toEqual([expect.stringContaining('the audit log cannot be rotated, its file grows error=EROFS')]);
    rejected.mockRestore();
    writeAll(sink, 15, 15);
    sink.close();
    expect(files()).toEqual(['15', '7 8 9 10 11 12 13 14', '4 5 6']);
    expect(lines).toHaveLength(1);
  });

  it('continues in the renamed file while no new file can be opened, and then in the new one', () => {
    const sink = open();
    writeAll(sink, 1, 3);
    const rejected = jest.spyOn(fs, 'openSync').mockImplementation(() => {
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    });
    writeAll(sink, 4, 5);
    rejected.mockRestore();
    writeAll(sink, 6, 6);
    sink.close();
    expect(files()).toEqual(['6', '1 2 3 4 5']);
    expect(lines).toEqual([expect.stringContaining('the audit log cannot be rotated, its file grows error=ENOSPC')]);
  });

  it('is rotated only after the end of an incomplete line', () => {
    const sink = open();
    writeAll(sink, 1, 2);
    const { writeSync } = fs;
    const write = jest.spyOn(fs, 'writeSync').mockImplementation(() => {
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    });
    write.mockImplementationOnce((to, bytes) => writeSync(to, (bytes as unknown as Buffer).subarray(0, 6)));
    sink.write('{"n":3}');
    write.mockRestore();
    writeAll(sink, 4, 5);
    sink.close();
    expect(readFileSync(`${file}.1`, 'utf8')).toBe('{"n":1}\n{"n":2}\n{"n":3\n{"n":4}\n');
    expect(read()).toBe('5');
  });
});
