// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import type * as nodeFs from 'node:fs';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log } from '@givc/log';
import { FileSink, JournalSink, openAuditSink, stderrSink } from './audit-sinks.js';

describe('the audit log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'givc-'));
  const path = join(folder, 'audit');
  const lines: string[] = [];
  const log = new Log('info', (line) => lines.push(line), false);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is appended to a file that its group can read, and opens the file again when it was moved', () => {
    const sink = new FileSink(path, log);
    sink.write('{"n":1}');
    expect(statSync(path).mode & 0o777).toBe(0o640 & ~process.umask());
    renameSync(path, `${path}.1`);
    sink.write('{"n":2}');
    sink.reload();
    sink.write('{"n":3}');
    sink.close();
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('{"n":1}\n{"n":2}\n');
    expect(readFileSync(path, 'utf8')).toBe('{"n":3}\n');
  });

  it('logs once that it cannot be written, without other effects', () => {
    const sink = new FileSink('/dev/full', log);
    for (let n = 0; n < 2; n++) {
      sink.write('{}');
      expect(lines).toEqual([expect.stringContaining('the audit log cannot be written')]);
    }
    sink.close();
  });

  describe('on a disk that is full or read-only', () => {
    const fs = jest.requireActual<typeof nodeFs>('node:fs');
    const reject = (code: string) => () => {
      throw Object.assign(new Error(code), { code });
    };
    beforeEach(() => {
      lines.length = 0;
      rmSync(path, { force: true });
    });
    afterEach(() => jest.restoreAllMocks());

    it('closes the file when its status cannot be read', () => {
      const opened = jest.spyOn(fs, 'openSync');
      jest.spyOn(fs, 'fstatSync').mockImplementation(reject('EIO'));
      expect(() => new FileSink(path, log)).toThrow('EIO');
      const descriptor = opened.mock.results[0]!.value as number;
      jest.restoreAllMocks();
      expect(() => fs.fstatSync(descriptor)).toThrow('EBADF');
    });

    it.each(['ENOSPC', 'EDQUOT', 'EROFS'])('is written once there is space again: %s', (code) => {
      const open = jest.spyOn(fs, 'openSync').mockImplementation(reject(code));
      const sink = openAuditSink(path, log);
      sink.write('{"n":1}');
      open.mockRestore();
      sink.write('{"n":2}');
      sink.close();
      expect(readFileSync(path, 'utf8')).toBe('{"n":2}\n');
      expect(lines).toEqual([expect.stringContaining(`the audit log cannot be written error=${code}`)]);
    });

    it('separates a line that was cut off from the next', () => {
      const sink = new FileSink(path, log);
      const { writeSync } = fs;
      const write = jest.spyOn(fs, 'writeSync').mockImplementation(reject('ENOSPC'));
      write.mockImplementationOnce((file, bytes) => writeSync(file, (bytes as unknown as Buffer).subarray(0, 4)));
      sink.write('{"n":1}');
      sink.write('{"n":2}');
      write.mockRestore();
      sink.write('{"n":3}');
      sink.write('{"n":4}');
      sink.close();
      expect(readFileSync(path, 'utf8')).toBe('{"n"\n{"n":3}\n{"n":4}\n');
      expect(lines).toHaveLength(1);
    });
  });

  it('begins a new line when an earlier process has left an incomplete one', () => {
    rmSync(path, { force: true });
    writeFileSync(path, '{"n":1}\n{"n"');
    const sink = new FileSink(path, log);
    sink.write('{"n":3}');
    sink.close();
    expect(readFileSync(path, 'utf8')).toBe('{"n":1}\n{"n"\n{"n":3}\n');
  });

  it('stays in its file when that cannot be opened again, which is logged', () => {
    lines.length = 0;
    const moved = mkdtempSync(join(folder, 'moved-'));
    const sink = new FileSink(join(moved, 'audit'), log);
    renameSync(moved, `${moved}.1`);
    sink.reload();
    expect(lines).toEqual([expect.stringContaining('the audit log cannot be opened again, the old file is used')]);
    sink.write('{"n":1}');
    sink.close();
    expect(readFileSync(join(`${moved}.1`, 'audit'), 'utf8')).toBe('{"n":1}\n');
  });

  it('makes the start fail when its file cannot be opened', () => {
    expect(() => openAuditSink('/nonexistent/audit', log)).toThrow(/GIVC_AUDIT: cannot open \/nonexistent\/audit/);
  });

  describe('with a named pipe at its path', () => {
    let pipe: string;
    beforeEach(() => {
      lines.length = 0;
      pipe = join(mkdtempSync(join(folder, 'pipe-')), 'audit');
    });
    const makePipe = () => execFileSync('mkfifo', [pipe]);
    const problem = 'it is a named pipe that no program reads, or a socket: expected a file';

    it('makes the start fail when no program reads it, and does not wait for one', () => {
      makePipe();
      expect(() => openAuditSink(pipe, log)).toThrow(`GIVC_AUDIT: cannot open ${pipe}: ${problem}`);
    });

    it('stays in the old file when no program reads it', () => {
      const sink = new FileSink(pipe, log);
      renameSync(pipe, `${pipe}.1`);
      makePipe();
      sink.reload();
      expect(lines).toEqual([expect.stringContaining(problem)]);
      expect(lines[0]).toContain(`file=${pipe}`);
      sink.write('{"n":1}');
      sink.close();
      expect(readFileSync(`${pipe}.1`, 'utf8')).toBe('{"n":1}\n');
    });

    it('loses the lines that its reader does not read in time, and never waits', () => {
      makePipe();
      const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
      const sink = new FileSink(pipe, log);
      for (let n = 0; n < 200; n++) sink.write(JSON.stringify({ n, text: 'x'.repeat(1_000) }));
      expect(lines).toEqual([expect.stringContaining('the audit log cannot be written')]);
      const bytes = Buffer.alloc(1_024 * 1_024);
      const read = bytes.toString('utf8', 0, readSync(reader, bytes)).split('\n');
      expect(read[0]).toContain('"n":0');
      sink.write('{"n":"after"}');
      const after = bytes.toString('utf8', 0, readSync(reader, bytes));
      expect(after.split('\n').slice(-2)).toEqual(['{"n":"after"}', '']);
      closeSync(reader);
      sink.close();
    });
  });

  it('stays on its stream to journald, which shuts down its own direction', async () => {
    const [path, header] = [join(folder, 'journal'), 'givc-audit\n\n5\n0\n0\n0\n0\n'];
    let streams = 0;
    let received = '';
    const sink = new JournalSink(path);
    const server = createServer({ allowHalfOpen: true }, (stream) => {
      streams++;
      stream.end();
      stream.setEncoding('utf8').on('data', (text: string) => {
        received += text;
        if (received === `${header}{"n":1}\n`) setImmediate(() => sink.write('{"n":2}'));
        if (received.endsWith('{"n":2}\n')) sink.close();
      });
      stream.once('end', () => server.close());
    }).listen(path);
    sink.write('{"n":1}');
    await once(server, 'close');
    expect({ streams, received }).toEqual({ streams: 1, received: `${header}{"n":1}\n{"n":2}\n` });
  });

  describe('while journald is stuck or away', () => {
    const header = 'givc-audit\n\n5\n0\n0\n0\n0\n';
    let path: string;
    let sink: JournalSink;
    let written: string[];
    let wrote: () => void;

    beforeEach(() => {
      path = join(mkdtempSync(join(folder, 'journald-')), 'stdout');
      sink = new JournalSink(path);
      written = [];
      wrote = () => undefined;
      jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
        written.push(String(text));
        wrote();
        return true;
      });
    });
    afterEach(() => {
      sink.close();
      jest.restoreAllMocks();
    });

    /** A journald that reads once it is released, until the last of `lines` has arrived. */
    const journald = () => {
      const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(path);
      const connected = once(server, 'connection') as Promise<[Socket]>;
      const read = async (last: string): Promise<string> => {
        const [stream] = await connected;
        let received = '';
        for await (const text of stream.setEncoding('utf8') as AsyncIterable<string>) {
          received += text;
          if (received.endsWith(`${last}\n`)) break;
        }
        server.close();
        return received;
      };
      return { read };
    };

    it('waits in memory up to 1 MiB, and further lines go to stderr, with the priority of a notice', async () => {
      const line = (n: number) => JSON.stringify({ n, text: 'x'.repeat(64 * 1024 - 30) });
      const { read } = journald();
      const lines = Array.from({ length: 30 }, (_, n) => line(n));
      for (const one of lines) sink.write(one);
      const waiting = lines.length - written.length;
      expect(waiting * 64 * 1024).toBeLessThanOrEqual(1024 * 1024 + 2 * 64 * 1024);
      expect(waiting * 64 * 1024).toBeGreaterThanOrEqual(1024 * 1024);
      expect(written).toEqual(lines.slice(waiting).map((one) => `<5>${one}\n`));
      expect(await read(lines[waiting - 1]!)).toBe(`${header}${lines.slice(0, waiting).join('\n')}\n`);
    });

    it('is written to stderr while journald does not run, and to journald once it runs', async () => {
      const isWritten = new Promise<void>((resolve) => (wrote = resolve));
      sink.write('{"n":1}');
      await isWritten;
      expect(written).toEqual(['<5>{"n":1}\n']);
      // The socket is closed a moment after its write has failed.
      await new Promise(setImmediate);
      const { read } = journald();
      sink.write('{"n":2}');
      expect(await read('{"n":2}')).toBe(`${header}{"n":2}\n`);
      expect(written).toHaveLength(1);
    });
  });

  it('is written to the named file, or else to journald when systemd runs this process', () => {
    const before = process.env['JOURNAL_STREAM'];
    process.env['JOURNAL_STREAM'] = '8:12345';
    const sink = openAuditSink(join(folder, 'named'), log);
    expect(sink).toBeInstanceOf(FileSink);
    sink.close();
    expect(openAuditSink(undefined, log)).toBeInstanceOf(JournalSink);
    delete process.env['JOURNAL_STREAM'];
    if (before !== undefined) process.env['JOURNAL_STREAM'] = before;
  });

  it('is written to stderr when systemd does not run this process', () => {
    const before = process.env['JOURNAL_STREAM'];
    delete process.env['JOURNAL_STREAM'];
    const sink = openAuditSink(undefined, log);
    expect(sink).toBe(stderrSink);
    const stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    sink.write('{"n":1}');
    expect(stderr.mock.calls).toEqual([['audit: {"n":1}\n']]);
    stderr.mockRestore();
    if (before !== undefined) process.env['JOURNAL_STREAM'] = before;
  });
});
